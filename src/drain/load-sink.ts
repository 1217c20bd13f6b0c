import PQueue from "p-queue";
import { loadBatch } from "../loader/load-batch.js";
import type { LoadRow, Store } from "../loader/store.js";
import type { Warning } from "../row.js";
import { createBatcher } from "./batcher.js";
import type { Rejecter } from "./rejecter.js";
import type { Sink, StageContext } from "./sink.js";
import { createStamps } from "./stamps.js";

export interface LoadSinkOptions extends StageContext {
  readonly store: Store;
  readonly rejecter: Rejecter;
  readonly batchSize: number;
  readonly batchBytes: number;
  readonly batchAgeMs: number;
  /** Statements under way at once. */
  readonly concurrency: number;
}

/** Loads rows in batches, some at once; what is committed goes to the deleter, what the database refuses is a reject. */
export function createLoadSink(options: LoadSinkOptions): Sink {
  const { clock, hand, tally, deleter, rejecter, giveBackLater } = options;
  const loads = new PQueue({ concurrency: options.concurrency });
  const nextStamp = createStamps(clock);
  const warned = new Map<string, readonly Warning[]>();
  const batcher = createBatcher<LoadRow>({
    clock,
    maxItems: options.batchSize,
    maxBytes: options.batchBytes,
    maxAgeMs: options.batchAgeMs,
    onBatch: (rows) => void loads.add(() => load(rows)),
  });

  const load = async (rows: readonly LoadRow[]): Promise<void> => {
    if (options.hasFailed()) {
      for (const { messageId } of rows) giveBackLater(messageId);
      return;
    }
    const batch = { runId: options.runId, stamp: nextStamp(), rows };
    const result = await loadBatch(batch, {
      store: options.store,
      clock,
      retryForMs: options.retryForMs,
      signal: options.killed,
      onRetry: (retry) => options.onRetry({ what: "load", ...retry }),
    });

    tally.batches += result.statements;
    tally.loaded += result.loaded;
    tally.duplicates += result.duplicates;
    for (const id of result.done) {
      tally.duplicates += hand.decide(id) - 1;
      const warnings = warned.get(id);
      if (warnings !== undefined) tally.noteWarnings(warnings);
    }
    for (const { messageId } of rows) warned.delete(messageId);
    deleter.add(result.done);
    for (const { messageId, reject } of result.rejects) {
      const held = hand.get(messageId);
      if (held !== undefined) rejecter.add(held, reject);
    }
    // What is in doubt is neither given back nor let go: its lease ends by itself, and the ledger knows the answer.
    for (const id of result.unloaded) giveBackLater(id);
    if (result.error !== null) options.onError(result.error);
  };

  const flush = (): void => {
    batcher.flush();
    rejecter.flush();
  };

  return {
    row: (held, row) => {
      if (row.warnings !== undefined) warned.set(held.id, row.warnings);
      batcher.add({ messageId: held.id, values: row.values }, held.bytes);
    },
    reject: (held, reject) => rejecter.add(held, reject),
    flush,
    finish: async () => {
      flush();
      await loads.onIdle();
      await rejecter.finish();
      await deleter.finish();
    },
  };
}
