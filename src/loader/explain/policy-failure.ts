import type { Connection } from "../connection.js";
import { StoreError } from "../store.js";
import { readFacts } from "../target-check/read-facts.js";
import { type Targets, targetProblems } from "../target-check/target-problems.js";

/**
 * PostgreSQL refuses a row that its table's row-level security does not allow by the SQLSTATE of a missing privilege.
 * Where the user has all privileges and such policies apply, it is the row that is at fault: one bad message must not
 * stop the run. Any other error as it is, and also where looking fails.
 */
export async function asRefusedRow(
  connection: Connection,
  error: StoreError,
  { targets, schema }: Targets,
): Promise<StoreError> {
  if (error.sqlState !== "42501") return error;
  try {
    const { tables } = await readFacts(
      connection.knex,
      targets.map(({ table }) => table),
    );
    if (!tables.some((table) => table?.isRowSecured)) return error;
    const problems = await targetProblems(connection, { targets, schema });
    if (problems.length > 0) return error;
    return new StoreError("data", "row-level security does not allow a row", error, { cause: error });
  } catch {
    return error;
  }
}
