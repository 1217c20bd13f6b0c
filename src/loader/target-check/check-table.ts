import type { DatabaseProblem } from "../../errors.js";
import { tableText } from "../identifier.js";
import type { LoadTarget } from "../target.js";
import { columnProblems, type Surroundings } from "./check-columns.js";
import { keyProblems } from "./check-key.js";
import type { TableFacts } from "./facts.js";

/** Everything that is wrong with a table that is there, apart from missing privileges. */
export function tableProblems(
  target: LoadTarget,
  facts: TableFacts,
  around: Surroundings,
): DatabaseProblem[] {
  const name = tableText(target.table);
  const problem = (code: string, message: string): DatabaseProblem => ({ code, table: name, message });
  if (facts.kind === "other") {
    return [
      problem(
        "target_not_a_table",
        `${name} in ${around.target} is ${facts.kindText}, and no table that rows can be inserted into: check its name`,
      ),
    ];
  }
  const problems: DatabaseProblem[] = [];
  if (!facts.takesRows) {
    const remedy =
      facts.kind === "view"
        ? "name the table behind it, or give it an INSTEAD OF INSERT trigger"
        : "name another table, or have its server take rows";
    problems.push(problem("target_read_only", `${facts.kind} ${name} cannot be inserted into: ${remedy}`));
  }
  if (!facts.hasPartition) {
    problems.push(
      problem(
        "partition_missing",
        `partitioned table ${name} has no partition, so that every row would be refused: create one, such as a default partition`,
      ),
    );
  }
  for (const action of forbidden(target, facts)) {
    problems.push(
      problem(
        "policy_missing",
        `row-level security of table ${name} has no policy that lets user ${around.user} ${action}: create one for ${action}`,
      ),
    );
  }
  // What a read-only view says of its columns tells nothing more.
  if (!facts.takesRows) return problems;
  return [...problems, ...columnProblems(target, facts, around), ...keyProblems(target, facts)];
}

/** What row-level security lets the user do to no row at all. */
function forbidden({ conflict }: LoadTarget, facts: TableFacts): string[] {
  if (!facts.isRowSecured) return [];
  return [
    ...(facts.hasInsertPolicy ? [] : ["insert"]),
    ...(conflict === undefined || facts.hasSelectPolicy ? [] : ["select"]),
    ...(conflict?.action !== "update" || facts.hasUpdatePolicy ? [] : ["update"]),
  ];
}
