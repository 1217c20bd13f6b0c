import type { DatabaseProblem } from "../../errors.js";
import { tableText } from "../identifier.js";
import type { LoadTarget } from "../target.js";
import type { TableFacts } from "./facts.js";

/**
 * Pipelines of one run that load into the same table, where one of them updates its rows. PostgreSQL does not touch a row
 * twice in one statement, and a message's rows go in by one; and which message is the newest for a row is known for each
 * pipeline by itself, so that an older one of another pipeline would go over it.
 */
export function sharingProblems(
  targets: readonly LoadTarget[],
  tables: readonly (TableFacts | undefined)[],
): DatabaseProblem[] {
  const byTable = new Map<string, LoadTarget[]>();
  for (const [place, target] of targets.entries()) {
    const facts = tables[place];
    if (facts === undefined) continue;
    const key = JSON.stringify([facts.schema, target.table.name]);
    byTable.set(key, [...(byTable.get(key) ?? []), target]);
  }
  return [...byTable.values()].flatMap((sharing) => {
    const [first] = sharing;
    const isUpdated = sharing.some(({ conflict }) => conflict?.action === "update");
    if (first === undefined || sharing.length === 1 || !isUpdated) return [];
    const table = tableText(first.table);
    const names = sharing.map(({ name = "" }) => name).join(", ");
    return {
      ...{ code: "table_shared", table },
      message: `pipelines ${names} load into table ${table}, and its rows are updated, for which one pipeline has to know all of its messages: make one of them (match takes lists of values), or use on_conflict: ignore`,
    };
  });
}
