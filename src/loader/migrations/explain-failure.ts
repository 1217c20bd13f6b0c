import type { Connection } from "../connection.js";
import { StoreError } from "../store.js";

/** Says which privilege a migration lacked, which PostgreSQL says only in its text; any other error as it is. */
export async function explainMigrationFailure(
  { knex, target, user }: Connection,
  error: StoreError,
  schema: string,
): Promise<StoreError> {
  if (error.sqlState !== "42501") return error;
  try {
    const { rows } = await knex.raw(
      `select n.oid is null as absent, current_schema() as home,
              case when n.oid is null then has_database_privilege(current_database(), 'CREATE')
                   else has_schema_privilege(n.oid, 'USAGE') and has_schema_privilege(n.oid, 'CREATE') end as ours,
              coalesce(has_schema_privilege(current_schema(), 'CREATE'), true) as theirs
       from (select 1) as one left join pg_namespace n on n.nspname = ?`,
      [schema],
    );
    const [{ absent, home, ours, theirs }] = rows;
    const missing = [
      ...(ours ? [] : [absent ? "CREATE on the database" : `USAGE and CREATE on schema ${schema}`]),
      ...(theirs ? [] : [`CREATE on schema ${home}`]),
    ];
    if (missing.length === 0) return notOwner(error, user, target);
    const message = `user ${user} lacks ${missing.join(" and ")} in ${target}: grant it, or let an administrator run: sqs2pg migrate --print-sql`;
    return new StoreError(error.class, message, error, { cause: error });
  } catch {
    return error;
  }
}

function notOwner(error: StoreError, user: string, target: string): StoreError {
  const message = `user ${user} does not own the tables in ${target}: run this as their owner`;
  return new StoreError(error.class, message, error, { cause: error });
}
