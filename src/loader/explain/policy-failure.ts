import type { Connection } from "../connection.js";
import { type LoadMessage, StoreError } from "../store.js";
import { readFacts } from "../target-check/read-facts.js";
import { type Targets, targetProblems } from "../target-check/target-problems.js";

/** What a failed statement means for the messages that it was to load; any other error than a refusal (42501) as it is. */
export type TellRefusedRow = (error: StoreError, messages: readonly LoadMessage[]) => Promise<StoreError>;

/**
 * PostgreSQL refuses a row that its table's row-level security does not allow by the SQLSTATE of a missing privilege.
 * Where the user has all privileges and such policies apply, it is the row that is at fault: one bad message must not
 * stop the run. While a batch is halved, that policies apply is enough, for which is looked once; of a single message its
 * fate depends on the privileges, which may have been taken away since. Where looking fails, the error is as it is.
 */
export function createTellRefusedRow(connection: Connection, { targets, schema }: Targets): TellRefusedRow {
  let secured: Promise<boolean> | undefined;
  const isSecured = async (): Promise<boolean> => {
    const tables = targets.map(({ table }) => table);
    const facts = await readFacts(connection.knex, tables);
    return facts.tables.some((table) => table?.isRowSecured);
  };
  return async (error, messages) => {
    if (error.sqlState !== "42501") return error;
    try {
      secured ??= isSecured();
      if (!(await secured)) return error;
      if (messages.length === 1 && (await targetProblems(connection, { targets, schema })).length > 0)
        return error;
      return new StoreError("data", "row-level security does not allow a row", error, { cause: error });
    } catch {
      secured = undefined;
      return error;
    }
  };
}
