import type { TableName } from "../config/pipeline.js";
import { DatabaseError } from "../errors.js";
import { columnsOf, missingPrivileges, tableOidSql } from "./catalog.js";
import type { Connection } from "./connection.js";
import { toDatabaseError } from "./errors/database-error.js";
import { toStoreError } from "./errors/driver-error.js";
import { explainFailure } from "./explain/explain-failure.js";
import { quoteIdentifier, quoteTable, tableText } from "./identifier.js";
import { requireMigrations } from "./migrations/require.js";
import type { TargetColumn } from "./target.js";

export interface RewrapCheckOptions {
  /** Of the bookkeeping. */
  readonly schema: string;
  readonly table: TableName;
  /** Those that are read and written; none: the table is not looked at. */
  readonly columns: readonly TargetColumn[];
  readonly hasTokens: boolean;
  /** There is a key that seals rejects. */
  readonly hasSeals: boolean;
  /** Nothing is to be changed. */
  readonly dryRun: boolean;
}

const WRITING: readonly string[] = ["SELECT", "UPDATE"];
const READING: readonly string[] = ["SELECT"];

/**
 * Finds out before anything is changed whether a rewrap can be done: migrations, the table and its columns, privileges.
 * Throws `DatabaseError` with the remedy.
 */
export async function checkRewrap(connection: Connection, options: RewrapCheckOptions): Promise<void> {
  const { knex, target, user } = connection;
  const { schema, table, columns } = options;
  const context = { target, user, table: `${schema}.migrations` };
  try {
    const missing = await missingPrivileges(knex, schema, bookkeepingPrivileges(options));
    if (columns.length > 0) {
      context.table = tableText(table);
      missing.push(...(await missingOnTable(connection, options)));
    }
    if (missing.length > 0) {
      const message = `user ${user} lacks ${missing.join(", ")} in ${target}: grant it`;
      throw new DatabaseError("failed", "privilege_missing", message);
    }
    await requireMigrations(knex, schema, target);
    if (columns.length > 0) {
      const names = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
      await knex.raw(`select ${names} from ${quoteTable(table)} where false`);
    }
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    const failure = toStoreError(error, context, false);
    throw toDatabaseError(
      await explainFailure(connection, failure, { targets: [{ table, columns }], schema }),
    );
  }
}

function bookkeepingPrivileges({
  hasTokens,
  hasSeals,
  dryRun,
}: RewrapCheckOptions): Readonly<Record<string, readonly string[]>> {
  const changed = dryRun ? READING : WRITING;
  return {
    migrations: READING,
    mask_keys: dryRun ? READING : ["SELECT", "INSERT", "UPDATE", "DELETE"],
    tokens: hasTokens ? changed : READING,
    rejects: hasSeals ? changed : READING,
    runs: READING,
  };
}

/** Where rows are takes the privilege to read the whole table; and a table that there is not lacks none. */
async function missingOnTable(
  { knex }: Connection,
  { table, columns, dryRun }: RewrapCheckOptions,
): Promise<string[]> {
  if ((await columnsOf(knex, table)) === undefined) return [];
  const { sql, bindings } = tableOidSql(table);
  const { rows } = await knex.raw(
    `select has_table_privilege(attrelid, 'SELECT') as "canRead",
       bool_and(has_column_privilege(attrelid, attnum, 'UPDATE')) as "canWrite"
     from pg_attribute where attrelid = (${sql}) and attname = any (?::text[]) group by attrelid`,
    [...bindings, columns.map(({ name }) => name)],
  );
  const [{ canRead = true, canWrite = true } = {}] = rows;
  return [
    ...(canRead ? [] : [`SELECT on ${tableText(table)}`]),
    ...(canWrite || dryRun ? [] : [`UPDATE on ${tableText(table)}`]),
  ];
}
