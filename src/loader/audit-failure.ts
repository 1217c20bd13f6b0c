import type { TableName } from "../config/pipeline.js";
import { missingPrivileges, tableOidSql } from "./catalog.js";
import type { Connection } from "./connection.js";
import { explainFailure } from "./explain/explain-failure.js";
import { tableText } from "./identifier.js";
import { StoreError } from "./store.js";
import type { LoadTarget } from "./target.js";
import type { Targets } from "./target-check/target-problems.js";

/** What an audit reads of the bookkeeping. */
const AUDIT_PRIVILEGES = { migrations: ["SELECT"], mask_keys: ["SELECT"] };

/** The same error with what is missing by name, where that can be found out: PostgreSQL says it only in texts. */
export async function explainAuditFailure(
  connection: Connection,
  error: StoreError,
  { schema, ...wanted }: LoadTarget & Pick<Targets, "schema">,
): Promise<StoreError> {
  if (error.sqlState !== "42501") return explainFailure(connection, error, { targets: [wanted], schema });
  const { target, user } = connection;
  try {
    const missing = [
      ...(await missingPrivileges(connection.knex, schema, AUDIT_PRIVILEGES)),
      ...((await isReadable(connection, wanted)) ? [] : [`SELECT on ${tableText(wanted.table)}`]),
    ];
    if (missing.length === 0) return error;
    const message = `user ${user} lacks ${missing.join(", ")} in ${target}: grant it`;
    return new StoreError(error.class, message, error, { cause: error });
  } catch {
    return error;
  }
}

async function isReadable(
  { knex }: Connection,
  { table, columns }: { readonly table: TableName; readonly columns: readonly { readonly name: string }[] },
): Promise<boolean> {
  const { sql, bindings } = tableOidSql(table);
  const { rows } = await knex.raw(
    `select bool_and(has_column_privilege(attrelid, attnum, 'SELECT')) as readable
     from pg_attribute where attrelid = (${sql}) and attname = any (?::text[])`,
    [...bindings, columns.map(({ name }) => name)],
  );
  return rows[0]?.readable === true;
}
