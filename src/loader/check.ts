import type { Knex } from "knex";
import { isKeyed } from "../config/key-claims.js";
import { DatabaseError } from "../errors.js";
import type { Connection } from "./connection.js";
import { asStoreError, toDatabaseError } from "./errors/database-error.js";
import { toStoreError } from "./errors/driver-error.js";
import { explainFailure } from "./explain/explain-failure.js";
import { tablesText } from "./identifier.js";
import { recordKeys } from "./mask-keys.js";
import { requireMigrations } from "./migrations/require.js";
import { pruneSql } from "./prune.js";
import { rawBindings } from "./query.js";
import { saveRejectsBindings, saveRejectsSql } from "./rejects.js";
import type { LoadStatement } from "./statement.js";
import { type Targets, targetError, targetProblems } from "./target-check/target-problems.js";

const NO_RUN = "00000000-0000-0000-0000-000000000000";

/**
 * Proves that a batch could be loaded: the migrations have run, the catalogue has nothing that rows of the pipelines
 * would be refused for, and the statements of the hot path go through with nothing to load (rolled back, in case a
 * trigger does something even then). Throws `DatabaseError` with the remedy, or with all of them.
 */
export async function checkTarget(
  connection: Connection,
  { targets, schema, userFolder }: Targets,
  statements: readonly LoadStatement[],
): Promise<void> {
  const { knex, target, user } = connection;
  const columns = targets.flatMap((wanted) => wanted.columns);
  const nothing = { runId: NO_RUN, stamp: "2000-01-01T00:00:00Z", messages: [] };
  const context = { target, user, table: `${schema}.migrations` };
  try {
    await requireMigrations(knex, schema, target);
    context.table = tablesText(targets);
    const unfit = targetError(await targetProblems(connection, { targets, schema, userFolder }), target);
    if (unfit !== undefined) throw unfit;
    await rolledBack(knex, async (transaction) => {
      for (const { sql, bindings } of statements) await transaction.raw(sql, rawBindings(bindings(nothing)));
      context.table = `${schema}.rejects`;
      await transaction.raw(saveRejectsSql(schema), rawBindings(saveRejectsBindings([])));
      context.table = `${schema}.ledger`;
      await transaction.raw(pruneSql(schema), [0]);
      if (columns.some(({ mask }) => mask !== undefined && isKeyed(mask))) {
        context.table = `${schema}.mask_keys`;
        await transaction.raw(...recordKeys(schema, { table: { name: "" }, claims: [] }));
      }
    });
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    throw toDatabaseError(
      await explainFailure(connection, toStoreError(error, context, false), {
        ...{ targets, schema, userFolder },
      }),
    );
  }
}

async function rolledBack(
  knex: Knex,
  action: (transaction: Knex.Transaction) => Promise<void>,
): Promise<void> {
  const transaction = await knex.transaction();
  try {
    await action(transaction);
  } finally {
    await transaction.rollback().catch(asStoreError);
  }
}
