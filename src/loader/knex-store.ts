import type { Clock } from "../clock.js";
import { checkTarget } from "./check.js";
import type { Connection } from "./connection.js";
import { asStoreError } from "./errors/database-error.js";
import { explainFailure } from "./errors/explain-failure.js";
import { quoteTable, tablesText } from "./identifier.js";
import { claimKeys } from "./mask-keys.js";
import { PRUNE_CHUNK, pruneSql } from "./prune.js";
import { query } from "./query.js";
import { saveRejectsBindings, saveRejectsSql } from "./rejects.js";
import { finishRunBindings, finishRunSql, startRunBindings, startRunSql } from "./runs.js";
import { createLoadStatement, type LoadSource } from "./statement.js";
import { type LoadBatch, StoreError, type TargetStore } from "./store.js";
import type { Targets } from "./target-check/target-problems.js";

export interface KnexStoreOptions extends Targets {
  readonly clock: Clock;
  /** For one statement, in milliseconds: after that the connection is given up. */
  readonly statementTimeoutMs: number;
  /** For all of `prune`. */
  readonly pruneForMs: number;
}

/** The store port over Knex. `source`: where what it loads comes from. */
export function createKnexStore(
  connection: Connection,
  options: KnexStoreOptions,
  source: LoadSource = "queue",
): TargetStore {
  const { targets, schema, clock, statementTimeoutMs: timeoutMs } = options;
  const hot = createLoadStatement(targets, schema, source);
  const onTargets = { table: tablesText(targets), timeoutMs };
  const on = (name: string): typeof onTargets => ({ table: `${schema}.${name}`, timeoutMs });
  const loadedEarlier = `select count(*)::integer as loaded from ${quoteTable({ schema, name: "ledger" })}
where message_id = any(?::uuid[]) and run_id = ?::uuid and loaded_at = ?::timestamptz`;

  /** Entries with this batch's own stamp, whichever attempt made them. A statement of its own sees all commits. */
  const countOwn = async ({ messages, runId, stamp }: LoadBatch): Promise<number> => {
    const ids = messages.map(({ messageId }) => messageId);
    const [counted] = await query(connection, loadedEarlier, [ids, runId, stamp], on("ledger"));
    return Number(counted?.["loaded"]);
  };

  /** The statement is about the ledger as well as the targets: which of them is at fault. */
  const explain = async (error: unknown): Promise<never> => {
    throw await explainFailure(connection, asStoreError(error), options);
  };

  return {
    check: () => checkTarget(connection, options, hot),

    claimKeys: (keys) => claimKeys(connection, { ...keys, schema }),

    load: async (batch, { isRetry }) => {
      const [answer] = await query(connection, hot.sql, hot.bindings(batch), onTargets).catch(explain);
      if (answer?.["superseded"] === true) throw superseded();
      const loaded = isRetry ? await countOwn(batch) : Number(answer?.["fresh"]);
      return { loaded, duplicates: batch.messages.length - loaded };
    },

    saveRejects: async (rejects) => {
      if (rejects.length === 0) return;
      await query(connection, saveRejectsSql(schema), saveRejectsBindings(rejects), on("rejects"));
    },

    startRun: async (run) => {
      await query(connection, startRunSql(schema), startRunBindings(run), on("runs"));
    },

    finishRun: async (run) => {
      await query(connection, finishRunSql(schema), finishRunBindings(run), on("runs"));
    },

    prune: async () => {
      const deadlineMs = clock.now() + options.pruneForMs;
      for (let pruned = 0; ; ) {
        const [answer] = await query(connection, pruneSql(schema), [PRUNE_CHUNK], on("ledger"));
        const count = Number(answer?.["count"]);
        pruned += count;
        if (count < PRUNE_CHUNK || clock.now() >= deadlineMs) return pruned;
      }
    },

    close: () => connection.close(),
  };
}

/** Equal values would get two tokens: under the key of this run, and under the one that replaced it. */
function superseded(): StoreError {
  return new StoreError(
    "fatal",
    "another masking key was made the current one while this run was under way: start it again with the new key first",
    { code: "key_changed" },
  );
}
