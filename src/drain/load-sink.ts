import { loadBatch } from "../loader/load-batch.js";
import { ageOf, type LoadMessage, type Store } from "../loader/store.js";
import { type Warning, warningsOf } from "../row.js";
import { createTaskQueue } from "../task-queue.js";
import { createBatcher } from "./batcher.js";
import type { Held } from "./hand.js";
import type { HeldGroups } from "./held-groups.js";
import type { NearRedrive } from "./near-redrive.js";
import type { Rejecter } from "./rejecter.js";
import type { Sink, StageContext } from "./sink.js";
import { createStamps } from "./stamps.js";
import type { Streak } from "./streak.js";

export interface LoadSinkOptions extends StageContext {
  readonly store: Store;
  readonly rejecter: Rejecter;
  readonly groups: HeldGroups;
  readonly nearRedrive: NearRedrive;
  /** Messages that cannot become rows. */
  readonly unusable: Streak;
  /** Rows that the database refuses: with too many of them nothing more is loaded. */
  readonly refused: Streak;
  readonly batchSize: number;
  readonly batchBytes: number;
  readonly batchAgeMs: number;
  /** Statements under way at once. */
  readonly concurrency: number;
}

/** Loads rows in batches, some at once; what is committed goes to the deleter, what the database refuses is a reject. */
export function createLoadSink(options: LoadSinkOptions): Sink {
  const { clock, hand, tally, deleter, rejecter, groups, unusable, refused, giveBackLater } = options;
  const loads = createTaskQueue(options.concurrency);
  const nextStamp = createStamps(clock);
  const warned = new Map<string, readonly Warning[]>();
  const batcher = createBatcher<LoadMessage>({
    clock,
    maxItems: options.batchSize,
    maxBytes: options.batchBytes,
    maxAgeMs: options.batchAgeMs,
    onBatch: (messages) => loads.add(() => load(messages)),
  });

  const isBehindReject = (id: string): boolean => {
    // Asked for each message, and most queues have no groups.
    const held = groups.areAny() ? hand.get(id) : undefined;
    return held !== undefined && groups.isHeld(held);
  };

  const countWarnings = (messages: readonly LoadMessage[], done: readonly string[]): void => {
    if (warned.size === 0) return;
    for (const id of done) tally.noteWarnings(warned.get(id) ?? []);
    for (const { messageId } of messages) warned.delete(messageId);
  };

  const hold = (reject: Held): void => {
    reject.isReject = true;
    groups.hold(reject);
  };

  /** Like the reject that it is behind, it stays away while the run lasts. */
  const leave = (id: string): void => {
    const held = hand.get(id);
    if (held !== undefined) options.nearRedrive.note(held.message);
    tally.released += hand.decide(id);
    if (!hand.park(id)) options.onTooManyLeft();
  };

  const load = async (messages: readonly LoadMessage[]): Promise<void> => {
    if (options.hasFailed() || refused.isTooLong()) {
      for (const { messageId } of messages) giveBackLater(messageId);
      return;
    }
    const batch = { runId: options.runId, stamp: nextStamp(), messages };
    const result = await loadBatch(batch, {
      store: options.store,
      clock,
      retryForMs: options.retryForMs,
      signal: options.killed,
      onRetry: (retry) => options.onRetry({ what: "load", ...retry }),
      onLoaded: refused.end,
      onRefused: (id) => {
        const held = hand.get(id);
        if (held === undefined) return;
        refused.add(held.message);
        hold(held);
      },
      isKeptBack: isBehindReject,
      isHopeless: refused.isTooLong,
    });

    tally.batches += result.statements;
    tally.loaded += result.loaded;
    tally.duplicates += result.duplicates;
    tally.rows += result.rows;
    tally.superseded += result.superseded;
    for (const id of result.done) tally.duplicates += hand.decide(id) - 1;
    countWarnings(messages, result.done);
    deleter.add(result.done);
    for (const { messageId, reject } of result.rejects) {
      const held = hand.get(messageId);
      if (held !== undefined) rejecter.add(held, reject);
    }
    // What is in doubt is neither given back nor let go: its lease ends by itself, and the ledger knows the answer.
    for (const id of result.unloaded) giveBackLater(id);
    for (const id of result.keptBack) leave(id);
    if (result.error !== null) options.onError(result.error);
  };

  const flush = (): void => {
    batcher.flush();
    rejecter.flush();
  };

  return {
    rows: (held, rows) => {
      unusable.end();
      if (groups.isHeld(held)) {
        leave(held.id);
        return;
      }
      const warnings = warningsOf(rows);
      if (warnings.length > 0) warned.set(held.id, warnings);
      batcher.add(
        { messageId: held.id, receiveCount: held.message.receiveCount, ...ageOf(held.message), rows },
        { items: rows.length, bytes: held.bytes + held.payloadBytes },
      );
    },
    reject: (held, reject) => {
      unusable.add(held.message);
      hold(held);
      rejecter.add(held, reject);
    },
    flush,
    finish: async () => {
      flush();
      await loads.onIdle();
      await rejecter.finish();
      await deleter.finish();
      options.nearRedrive.tell(
        (count) =>
          `${count} of the messages behind a reject in their FIFO group may go to the dead-letter queue with it`,
      );
    },
  };
}
