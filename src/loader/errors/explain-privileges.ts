import type { Knex } from "knex";
import type { Connection } from "../connection.js";
import { StoreError } from "../store.js";

/** A privilege on a table of the bookkeeping; on one column of it, whose grant is enough. */
export interface NeededPrivilege {
  readonly table: string;
  readonly column: string;
  readonly privilege: "SELECT" | "INSERT" | "UPDATE" | "DELETE";
}

/** For one look at the catalogue: it only makes a message better. */
const TIMEOUT_MS = 10_000;

/**
 * A refusal (42501) with the privileges that are missing, such as `INSERT on sqs2pg.unmask_log`; any other error as it
 * is, and this one too where nothing is found.
 */
export async function explainPrivileges(
  { knex, target, user }: Connection,
  error: StoreError,
  schema: string,
  needed: readonly NeededPrivilege[],
): Promise<StoreError> {
  if (error.sqlState !== "42501") return error;
  const missing = await missingOf(knex, schema, needed).catch(() => []);
  if (missing.length === 0) return error;
  const message = `user ${user} lacks ${missing.join(", ")} in ${target}: grant it`;
  return new StoreError(error.class, message, error, { cause: error });
}

async function missingOf(
  knex: Knex,
  schema: string,
  needed: readonly NeededPrivilege[],
): Promise<readonly string[]> {
  const lacking = knex.raw(
    `select case when not has_schema_privilege(n.oid, 'USAGE') then format('USAGE on schema %s', n.nspname)
                 else format('%s on %s.%s', w.privilege, n.nspname, c.relname) end as missing
     from unnest(?::text[], ?::text[], ?::text[]) with ordinality as w (name, "column", privilege, position)
     join pg_namespace n on n.nspname = ?
     join pg_class c on c.relnamespace = n.oid and c.relname = w.name
     where not has_schema_privilege(n.oid, 'USAGE')
        or not case when w.privilege = 'DELETE' then has_table_privilege(c.oid, w.privilege)
                    else has_column_privilege(c.oid, w."column", w.privilege) end
     order by w.position`,
    [
      needed.map(({ table }) => table),
      needed.map(({ column }) => column),
      needed.map(({ privilege }) => privilege),
      schema,
    ],
  );
  const { rows } = await lacking.timeout(TIMEOUT_MS);
  return [...new Set<string>(rows.map(({ missing }: { missing: string }) => missing))];
}
