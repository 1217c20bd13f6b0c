import type { Clock } from "../clock.js";
import { checkTarget } from "./check.js";
import type { Connection } from "./connection.js";
import { asStoreError } from "./errors/database-error.js";
import { explainFailure } from "./explain/explain-failure.js";
import { createTellRefusedRow } from "./explain/policy-failure.js";
import { quoteTable, tablesText } from "./identifier.js";
import { claimKeys } from "./mask-keys.js";
import { PRUNE_CHUNK, pruneSql } from "./prune.js";
import { query } from "./query.js";
import { saveRejectsBindings, saveRejectsSql } from "./rejects.js";
import { createRunLoad } from "./run-load.js";
import { finishRunBindings, finishRunSql, startRunBindings, startRunSql } from "./runs.js";
import type { LoadSource } from "./statement.js";
import { type LoadBatch, type LoadMessage, StoreError, type TargetStore } from "./store.js";
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
  const onTargets = { table: tablesText(targets), timeoutMs };
  const on = (name: string): typeof onTargets => ({ table: `${schema}.${name}`, timeoutMs });
  const loads = createRunLoad(connection, { targets, schema, source, query: onTargets });
  const loadedEarlier = `select message_id from ${quoteTable({ schema, name: "ledger" })}
where message_id = any(?::uuid[]) and run_id = ?::uuid and loaded_at = ?::timestamptz`;

  /** Entries with this batch's own stamp, whichever attempt made them. A statement of its own sees all commits. */
  const ownMessages = async ({ messages, runId, stamp }: LoadBatch): Promise<LoadMessage[]> => {
    const ids = messages.map(({ messageId }) => messageId);
    const asked = query(connection, loadedEarlier, [ids, runId, stamp], on("ledger"));
    // The messages have been loaded by then, so that whatever goes wrong here leaves open which.
    const own = await asked.catch((error: unknown) => {
      const failure = asStoreError(error);
      throw new StoreError(
        failure.class,
        failure.message,
        { ...failure, outcomeUnknown: true },
        { cause: error },
      );
    });
    const found = new Set(own.map(({ message_id: id }) => id));
    return messages.filter(({ messageId }) => found.delete(messageId));
  };

  /** How many rows the loaded messages have: asked for only where that does not follow from their number. */
  const rowsOf = async (batch: LoadBatch, loaded: number): Promise<number> => {
    if (loaded === 0 || batch.messages.every(({ rows }) => rows.length === 1)) return loaded;
    return countRows(loaded === batch.messages.length ? batch.messages : await ownMessages(batch));
  };

  const tellRefusedRow = createTellRefusedRow(connection, options);
  /** The statement is about the ledger as well as the targets: which of them is at fault. */
  const explain = async (error: unknown, messages: readonly LoadMessage[]): Promise<never> => {
    const failure = await tellRefusedRow(asStoreError(error), messages);
    throw failure.class === "data" ? failure : await explainFailure(connection, failure, options);
  };

  return {
    check: () => checkTarget(connection, options, loads.statements),

    claimKeys: (keys) => claimKeys(connection, { ...keys, schema }),

    load: async (batch, attempt) => {
      const answer = await loads
        .run(batch, attempt)
        .catch((error: unknown) => explain(error, batch.messages));
      if (answer?.["key_superseded"] === true) throw superseded();
      const own = attempt.isRetry ? await ownMessages(batch) : undefined;
      const loaded = own?.length ?? Number(answer?.["fresh"]);
      const gaveWay = Number(answer?.["superseded"] ?? 0);
      const rows = (own === undefined ? await rowsOf(batch, loaded) : countRows(own)) - gaveWay;
      return { loaded, duplicates: batch.messages.length - loaded, rows, superseded: gaveWay };
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

function countRows(messages: readonly LoadMessage[]): number {
  return messages.reduce((sum, { rows }) => sum + rows.length, 0);
}

/** Equal values would get two tokens: under the key of this run, and under the one that replaced it. */
function superseded(): StoreError {
  return new StoreError(
    "fatal",
    "another masking key was made the current one while this run was under way: start it again with the new key first",
    { code: "key_changed" },
  );
}
