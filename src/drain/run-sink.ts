import { createDeleter, type Deleter } from "../fetcher/deleter.js";
import type { Store } from "../loader/store.js";
import { createDryRunSink } from "./dry-run-sink.js";
import * as LIMITS from "./limits.js";
import { createLoadSink } from "./load-sink.js";
import { createNearRedrive, type NearRedrive } from "./near-redrive.js";
import { createRejecter } from "./rejecter.js";
import type { Run } from "./run.js";
import type { Sink } from "./sink.js";
import { createStreak, type Streak, tooManyRefused, tooManyUnusable } from "./streak.js";

const TOO_MANY_LEFT =
  "no more can be left on the queue by one run, which keeps the leases of rejects and of what they hold: --on-reject quarantine takes them off it";

/** Puts the stages after the transform together: batcher, loader, rejecter and deleter, or a dry run's stand-in. */
export function createRunSink(run: Run): Sink {
  const { options, hand, tally, narrator, giveBackLater } = run;
  const nearRedrive = createNearRedrive({
    maxReceiveCount: options.attributes.redrivePolicy?.maxReceiveCount ?? Number.POSITIVE_INFINITY,
    onNotice: (message) => narrator.tell({ type: "notice", message }),
  });
  return options.store === undefined
    ? createDryRunSink({ hand, tally, nearRedrive, giveBackLater })
    : createStoreSink(run, options.store, nearRedrive);
}

function createStoreSink(run: Run, store: Store, nearRedrive: NearRedrive): Sink {
  const { options, hand, tally, stopper, narrator, giveBackLater, onRetry } = run;
  const { batchAgeMs } = LIMITS.patienceFor(options.attributes.fifo);
  const tooMany = (why: string): void => {
    if (stopper.stopShort("rejects")) narrator.tell({ type: "notice", message: why });
  };
  const shared = {
    ...{ runId: options.runId, store, clock: options.clock },
    ...{ hand, tally, deleter: createRunDeleter(run), giveBackLater, onRetry },
    retryForMs: LIMITS.RETRY_FOR_MS,
    killed: run.kill,
    hasFailed: stopper.hasFailed,
    onError: stopper.fail,
    onTooManyLeft: () => tooMany(TOO_MANY_LEFT),
  };
  const rejecter = createRejecter({
    ...shared,
    queueName: options.queue.name,
    maxAgeMs: batchAgeMs,
    shapeOf: options.shapeOf,
    seal: options.seal,
  });
  const { rejectsInARow, batchSize } = options.limits;
  const streakOf = (say: (count: number) => string): Streak =>
    createStreak({
      tooMany: rejectsInARow,
      areLeft: options.seal === undefined,
      onTooMany: () => tooMany(say(rejectsInARow)),
    });
  return createLoadSink({
    ...{ ...shared, rejecter, groups: run.groups, nearRedrive },
    unusable: streakOf(tooManyUnusable),
    refused: streakOf(tooManyRefused),
    batchSize,
    batchBytes: LIMITS.BATCH_BYTES,
    batchAgeMs,
    concurrency: LIMITS.parallelLoads(options.attributes.fifo),
  });
}

function createRunDeleter({ options, leases, hand, tally, stopper, narrator, kill, onRetry }: Run): Deleter {
  return createDeleter({
    ...{ queue: options.queue, leases, clock: options.clock },
    concurrency: LIMITS.parallelDeletes(options.limits),
    maxAgeMs: LIMITS.patienceFor(options.attributes.fifo).deleteAgeMs,
    retryForMs: LIMITS.RETRY_FOR_MS,
    signal: kill,
    onRetry: (retry) => onRetry({ what: "delete", ...retry }),
    onSettled: ({ done, failed, error }) => {
      tally.deleted += done.length;
      tally.deleteFailed += failed.length;
      for (const id of [...done, ...failed]) hand.letGo(id);
      if (error !== undefined) stopper.fail(error);
      narrator.progress();
    },
  });
}
