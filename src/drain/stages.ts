import type { Clock } from "../clock.js";
import { createDeleter } from "../fetcher/deleter.js";
import type { Leases } from "../fetcher/leases.js";
import type { Queue } from "../fetcher/queue.js";
import type { Store } from "../loader/store.js";
import type { Message } from "../message.js";
import { createDryRunSink } from "./dry-run-sink.js";
import type { OnRetry } from "./events.js";
import type { Hand } from "./hand.js";
import type { HeldGroups } from "./held-groups.js";
import * as LIMITS from "./limits.js";
import { createLoadSink } from "./load-sink.js";
import { createNearRedrive } from "./near-redrive.js";
import { createRejecter } from "./rejecter.js";
import type { Sink } from "./sink.js";
import type { Stopper } from "./stopper.js";
import { createStreak, type Streak, tooManyRefused, tooManyUnusable } from "./streak.js";
import type { Tally } from "./tally.js";

export interface StageOptions {
  readonly runId: string;
  readonly queue: Queue;
  /** Undefined in a dry run. */
  readonly store: Store | undefined;
  readonly clock: Clock;
  readonly leases: Leases;
  readonly hand: Hand;
  readonly groups: HeldGroups;
  readonly tally: Tally;
  readonly stopper: Stopper;
  readonly kill: AbortSignal;
  readonly fifo: boolean;
  /** Of the redrive policy; Infinity without one. */
  readonly maxReceiveCount: number;
  readonly batchSize: number;
  readonly rejectsInARow: number;
  readonly shapeOf: (message: Message, payload: string | undefined) => unknown;
  readonly seal: ((message: Message, id: string) => Buffer) | undefined;
  readonly giveBackLater: (id: string) => void;
  readonly onRetry: OnRetry;
  readonly onNotice: (message: string) => void;
  readonly onProgress: () => void;
}

/** Puts the stages after the transform together: batcher, loader, rejecter and deleter, or a dry run's stand-in. */
export function createSink(options: StageOptions): Sink {
  const { queue, store, clock, leases, hand, tally, stopper, kill, giveBackLater, onRetry } = options;
  const { batchAgeMs, deleteAgeMs } = LIMITS.patienceFor(options.fifo);
  const nearRedrive = createNearRedrive(options);
  if (store === undefined) return createDryRunSink({ hand, tally, nearRedrive, giveBackLater });

  const deleter = createDeleter({
    queue,
    leases,
    clock,
    concurrency: LIMITS.PARALLEL_DELETES,
    maxAgeMs: deleteAgeMs,
    retryForMs: LIMITS.RETRY_FOR_MS,
    signal: kill,
    onRetry: (retry) => onRetry({ what: "delete", ...retry }),
    onSettled: ({ done, failed, error }) => {
      tally.deleted += done.length;
      tally.deleteFailed += failed.length;
      for (const id of [...done, ...failed]) hand.letGo(id);
      if (error !== undefined) stopper.fail(error);
      options.onProgress();
    },
  });
  const tooMany = (why: string): void => {
    if (stopper.stopShort("rejects")) options.onNotice(why);
  };
  const shared = {
    runId: options.runId,
    store,
    clock,
    hand,
    tally,
    deleter,
    retryForMs: LIMITS.RETRY_FOR_MS,
    killed: kill,
    hasFailed: stopper.hasFailed,
    giveBackLater,
    onRetry,
    onError: stopper.fail,
    onTooManyLeft: () =>
      tooMany(
        "no more can be left on the queue by one run, which keeps the leases of rejects and of what they hold: --on-reject quarantine takes them off it",
      ),
  };
  const rejecter = createRejecter({
    ...shared,
    queueName: queue.name,
    maxAgeMs: batchAgeMs,
    shapeOf: options.shapeOf,
    seal: options.seal,
  });
  const streakOf = (say: (count: number) => string): Streak =>
    createStreak({
      tooMany: options.rejectsInARow,
      areLeft: options.seal === undefined,
      onTooMany: () => tooMany(say(options.rejectsInARow)),
    });
  return createLoadSink({
    ...shared,
    rejecter,
    groups: options.groups,
    nearRedrive,
    unusable: streakOf(tooManyUnusable),
    refused: streakOf(tooManyRefused),
    batchSize: options.batchSize,
    batchBytes: LIMITS.BATCH_BYTES,
    batchAgeMs,
    concurrency: LIMITS.parallelLoads(options.fifo),
  });
}
