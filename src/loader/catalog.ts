import type { Knex } from "knex";
import { isKeyed } from "../config/key-claims.js";
import type { TableName } from "../config/pipeline.js";
import { rawBindings } from "./query.js";
import type { LoadTarget } from "./target.js";

/** A column as PostgreSQL's catalogue has it. */
export interface CatalogColumn {
  readonly name: string;
  /** Such as `character varying`, without a length. */
  readonly type: string;
  /** The current user may insert into it. */
  readonly insertable: boolean;
}

/** For one look at the catalogue. */
export const TIMEOUT_MS = 10_000;

/** Privileges by table of the bookkeeping. */
type Privileges = Readonly<Record<string, readonly string[]>>;

/** What `drain` and `replay` do to the tables of the bookkeeping in any case. */
const ALL_PRIVILEGES: Privileges = {
  migrations: ["SELECT"],
  ledger: ["SELECT", "INSERT", "DELETE"],
  rejects: ["SELECT", "INSERT", "UPDATE"],
  runs: ["SELECT", "INSERT", "UPDATE"],
};

/** What they do besides where a mask has a key. */
const KEY_PRIVILEGES: Privileges = { mask_keys: ["SELECT", "INSERT", "UPDATE"] };

/** And where columns hold tokens: the vault gives and takes them. */
const VAULT_PRIVILEGES: Privileges = { tokens: ["SELECT", "INSERT", "UPDATE"] };

/** And where rows are updated: which message was the newest for a key. */
const UPSERT_PRIVILEGES: Privileges = { newest: ["SELECT", "INSERT", "UPDATE"] };

/** What loading these targets needs. */
export function loadingPrivileges(targets: readonly LoadTarget[]): Privileges {
  const columns = targets.flatMap((target) => target.columns);
  const isMasked = columns.some(({ mask }) => mask !== undefined && isKeyed(mask));
  const hasTokens = columns.some(({ mask }) => mask?.strategy === "token");
  return {
    ...ALL_PRIVILEGES,
    ...(isMasked ? KEY_PRIVILEGES : {}),
    ...(hasTokens ? VAULT_PRIVILEGES : {}),
    ...(targets.some(({ conflict }) => conflict?.action === "update") ? UPSERT_PRIVILEGES : {}),
  };
}

/** A query for a table's oid, to be put into another one; it finds nothing where there is none that the user may use. */
export function tableOidSql({
  schema = null,
  name,
}: {
  readonly schema?: string | null;
  readonly name: string;
}): {
  readonly sql: string;
  readonly bindings: readonly (string | null)[];
} {
  const sql = oidSql({ schema: "?::text", name: "?", kinds: TABLE_KINDS });
  return { sql, bindings: [name, schema, schema] };
}

/** Tables, partitioned ones, views and foreign tables: what rows can be inserted into. */
export const TABLE_KINDS = "'r', 'p', 'v', 'f'";

/** The same for a schema (NULL: by the search_path) and a name that are SQL themselves. */
export function oidSql({
  schema,
  name,
  kinds,
}: {
  readonly schema: string;
  readonly name: string;
  readonly kinds: string;
}): string {
  return `select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relname = ${name} and c.relkind in (${kinds})
         and case when ${schema} is null then n.nspname = any (current_schemas(true)) else n.nspname = ${schema} end
       order by array_position(current_schemas(true), n.nspname) limit 1`;
}

/** The columns of a table; undefined when there is no such table (or it is in no schema that the user may use). */
export async function columnsOf(knex: Knex, table: TableName): Promise<CatalogColumn[] | undefined> {
  const { sql, bindings } = tableOidSql(table);
  const columns = knex.raw(
    `select a.attname as name, format_type(a.atttypid, null) as type,
            has_column_privilege(a.attrelid, a.attnum, 'INSERT') as insertable
     from pg_attribute a
     where a.attnum > 0 and not a.attisdropped and a.attrelid = (${sql})`,
    [...bindings],
  );
  const { rows } = await columns.timeout(TIMEOUT_MS);
  return rows.length === 0 ? undefined : rows;
}

/** What `rejects` reads. */
export const LISTING_PRIVILEGES: Privileges = {
  migrations: ["SELECT"],
  ledger: ["SELECT"],
  rejects: ["SELECT"],
};

/** What the user lacks of the privileges that the bookkeeping needs, such as `INSERT on sqs2pg.ledger`. */
export async function missingPrivileges(knex: Knex, schema: string, needed: Privileges): Promise<string[]> {
  const wanted = Object.entries(needed).flatMap(([table, privileges]) =>
    privileges.map((privilege) => ({ table, privilege })),
  );
  return lackingPrivileges(knex, schema, wanted);
}

/** A privilege on a table of the bookkeeping; where a column is named, a grant of that one is enough. */
export interface NeededPrivilege {
  readonly table: string;
  readonly column?: string;
  /** Such as `SELECT`. */
  readonly privilege: string;
}

/** Those of the list that the user lacks, by their tables, such as `INSERT on sqs2pg.unmask_log`. */
export async function lackingPrivileges(
  knex: Knex,
  schema: string,
  needed: readonly NeededPrivilege[],
): Promise<string[]> {
  const lacking = knex.raw(
    `select case when not has_schema_privilege(n.oid, 'USAGE') then format('USAGE on schema %s', n.nspname)
                 else format('%s on %s.%s', w.privilege, n.nspname, c.relname) end as missing
     from unnest(?::text[], ?::text[], ?::text[]) with ordinality as w (name, "column", privilege, position)
     join pg_namespace n on n.nspname = ?
     join pg_class c on c.relnamespace = n.oid and c.relname = w.name
     where not has_schema_privilege(n.oid, 'USAGE')
        or not case when w."column" is null then has_table_privilege(c.oid, w.privilege)
                    else has_column_privilege(c.oid, w."column", w.privilege) end
     order by w.position`,
    rawBindings([
      needed.map(({ table }) => table),
      needed.map(({ column = null }) => column),
      needed.map(({ privilege }) => privilege),
      schema,
    ]),
  );
  const { rows } = await lacking.timeout(TIMEOUT_MS);
  return [...new Set<string>(rows.map(({ missing }: { missing: string }) => missing))];
}
