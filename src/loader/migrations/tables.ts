import { createHash } from "node:crypto";

/** Knex's table of migrations; its lock table has the same name with `_lock`. */
export const MIGRATIONS_TABLE = "migrations";

/** The same for the migrations of a user, with the digest of each one's file: folders that share it may use a name twice. */
export const USER_MIGRATIONS_TABLE = "user_migrations";

const DIGEST = `,
      digest text`;

/**
 * What comes before any migration, as one statement: waits for other migrations of the same schema, then makes sure
 * that the schema and Knex's own tables exist. The lock ends with the transaction, however that ends, so none survives
 * a crash; while it is held, Knex's lock row can only be a leftover and is cleared. Existence is checked first, since
 * `if not exists` asks for the privilege to create all the same. The shape of the tables is Knex's own, but for the digest.
 * https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
 *
 * @param schema a name that `parseSchemaName` let through: it needs no escaping
 * @param tables those of the migrations that are to run
 */
export function migrationPrelude(schema: string, tables: readonly string[] = [MIGRATIONS_TABLE]): string {
  return `do $prelude$
begin
  perform pg_advisory_xact_lock(${lockKey(schema)});
  if not exists (select from pg_namespace where nspname = '${schema}') then
    create schema "${schema}";
  end if;
${tables.map((table) => knexTables(`"${schema}".${table}`, table === USER_MIGRATIONS_TABLE ? DIGEST : "")).join("\n")}
end $prelude$`;
}

function knexTables(migrations: string, digest: string): string {
  return `  if to_regclass('${migrations}') is null then
    create table ${migrations} (
      id serial primary key,
      name varchar(255),
      batch integer,
      migration_time timestamptz${digest}
    );
  end if;
  if to_regclass('${migrations}_lock') is null then
    create table ${migrations}_lock (index serial primary key, is_locked integer);
  end if;
  if not exists (select from ${migrations}_lock) then
    insert into ${migrations}_lock (is_locked) values (0);
  end if;
  update ${migrations}_lock set is_locked = 0 where is_locked <> 0;`;
}

/** The same number for the same schema in every process. */
function lockKey(schema: string): bigint {
  return createHash("sha256").update(`sqs2pg/migrate/${schema}`).digest().readBigInt64BE();
}
