import { lackingPrivileges, type NeededPrivilege } from "../catalog.js";
import type { Connection } from "../connection.js";
import { StoreError } from "../store.js";

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
  const missing = await lackingPrivileges(knex, schema, needed).catch(() => []);
  if (missing.length === 0) return error;
  const message = `user ${user} lacks ${missing.join(", ")} in ${target}: grant it`;
  return new StoreError(error.class, message, error, { cause: error });
}
