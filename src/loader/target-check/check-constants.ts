import type { Knex } from "knex";
import type { DatabaseProblem } from "../../errors.js";
import { toStoreError } from "../errors/driver-error.js";
import { quoteIdentifier, quoteTable, tableText } from "../identifier.js";
import { rawBindings } from "../query.js";
import type { LoadTarget } from "../target.js";
import { closedMisfit, type Surroundings } from "./check-columns.js";
import type { TableFacts } from "./facts.js";

/**
 * Has PostgreSQL read each constant into its column, without a row (rolled back, in case a trigger does something even
 * then). Throws what the driver throws for another reason.
 */
export async function constantProblems(
  knex: Knex,
  { table, constants = [] }: LoadTarget,
  { facts, around }: { readonly facts: TableFacts; readonly around: Surroundings },
): Promise<DatabaseProblem[]> {
  const name = tableText(table);
  const problems: DatabaseProblem[] = [];
  if (!facts.takesRows || !facts.isReachable) return problems;
  for (const constant of constants) {
    const twin = facts.columns.find((column) => column.name === constant.name);
    if (twin === undefined || !twin.insertable || closedMisfit(twin) !== undefined) continue;
    const sql = `insert into ${quoteTable(table)} (${quoteIdentifier(constant.name)}) select ? where false`;
    try {
      await knex.transaction(
        async (transaction) => {
          await transaction.raw(sql, rawBindings([constant.text]));
          await transaction.rollback();
        },
        { doNotRejectOnRollback: true },
      );
    } catch (error) {
      const { class: kind } = toStoreError(error, { ...around, table: name }, false);
      if (kind !== "data") throw error;
      problems.push({
        ...{ code: "constant_unfit", table: name, column: constant.name },
        message: `the constant of column ${constant.name} of table ${name} is none that its type, ${twin.type.text}, takes: correct it in values`,
      });
    }
  }
  return problems;
}
