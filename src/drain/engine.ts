import { setMaxListeners } from "node:events";
import type { Backoff } from "../backoff.js";
import { type Clock, within } from "../clock.js";
import { createLeases } from "../fetcher/leases.js";
import { createPermits, PAGE_SIZE } from "../fetcher/permits.js";
import { startPollers } from "../fetcher/pollers.js";
import type { Queue, QueueAttributes, QueueCounters } from "../fetcher/queue.js";
import type { Store } from "../loader/store.js";
import type { Message, ReceivedMessage } from "../message.js";
import type { Offload } from "../payloads/offload.js";
import type { Transform } from "../transform/types.js";
import { buildReport } from "./build-report.js";
import type { OnDrainEvent, Retried, Retry } from "./events.js";
import { createHand } from "./hand.js";
import { createHeldGroups } from "./held-groups.js";
import * as LIMITS from "./limits.js";
import { createNarrator } from "./narrator.js";
import { createPayloadBudget } from "./payload-budget.js";
import { pruneLedger, recordRun } from "./record-run.js";
import { release } from "./release.js";
import type { DrainReport } from "./report.js";
import { createSink } from "./stages.js";
import { createStopper } from "./stopper.js";
import { createTally } from "./tally.js";
import { createTransformStage } from "./transform-stage.js";

export interface EngineOptions {
  readonly runId: string;
  /** The target's name, for the report. */
  readonly table: string;
  readonly queue: Queue;
  /** As they were before the first receive. */
  readonly attributes: QueueAttributes;
  /** Undefined in a dry run. */
  readonly store: Store | undefined;
  readonly transform: Transform;
  /** Given: some payloads are not in their messages. */
  readonly offload?: Pick<Offload, "pointerOf" | "fetch"> | undefined;
  /** Whether a payload may be larger than its body, since it is encoded. */
  readonly mayGrow?: boolean;
  readonly shapeOf: (message: Message, payload: string | undefined) => unknown;
  /** Given: rejects are quarantined, sealed by this; `id` is the message's in the tables. */
  readonly seal: ((message: Message, id: string) => Buffer) | undefined;
  readonly limits: LIMITS.DrainLimits;
  readonly clock: Clock;
  /** Aborted: stop receiving, finish what is in hand, give back the rest. */
  readonly stop: AbortSignal;
  /** Aborted: end at once; what has no outcome yet is in doubt. */
  readonly kill: AbortSignal;
  readonly onEvent?: OnDrainEvent | undefined;
}

/**
 * Runs the stages from the queue to the table until there is a reason to end, and reports. It does not throw: what goes
 * wrong after the first receive is in the report, beside what was done until then.
 */
export async function runEngine(options: EngineOptions): Promise<DrainReport> {
  const { runId, queue, store, limits, clock, attributes } = options;
  // The caller's signals may outlive many runs, so nothing of this one stays behind on them.
  const over = new AbortController();
  const kill = forwarded(options.kill, over.signal);
  // Every call that waits for a retry listens to it: more of them than Node takes for a leak.
  setMaxListeners(0, kill);
  const startedAtMs = clock.now();
  const isDryRun = store === undefined;
  const total = limits.max ?? (isDryRun ? LIMITS.DRY_RUN_MAX : Number.POSITIVE_INFINITY);
  const tally = createTally();
  const stopper = createStopper((error) => narrator.tell({ type: "failed", error }));
  const toGiveBack: string[] = [];

  const permits = createPermits({
    maxMessages: isDryRun ? total : LIMITS.maxMessagesInHand(limits, attributes.fifo),
    maxBytes: LIMITS.MAX_BYTES_IN_HAND,
    largestPageBytes: PAGE_SIZE * attributes.maximumMessageBytes,
    total,
  });
  const leases = createLeases({
    queue,
    clock,
    visibilitySeconds: limits.visibilitySeconds,
    onError: stopper.fail,
  });
  const budget = createPayloadBudget(LIMITS.MAX_PAYLOAD_BYTES_IN_HAND);
  const hand = createHand({ leases, permits, budget, mostParked: LIMITS.mostParked(attributes.fifo) });
  const narrator = createNarrator(options.onEvent, clock, () => ({
    received: tally.received,
    loaded: tally.loaded,
    duplicates: tally.duplicates,
    rejected: tally.rejected,
    released: tally.released,
    deleted: tally.deleted,
    pollers: pollers.active(),
  }));
  const onRetry = ({ what, code, attempt, delayMs }: Retry): void => {
    tally.retries += 1;
    narrator.tell({ type: "retry", what, code, attempt, delay_ms: delayMs });
  };
  const retryOptions = (what: Retried, retryForMs: number) => ({
    clock,
    retryForMs,
    signal: kill,
    onRetry: (retry: Backoff) => onRetry({ what, ...retry }),
  });
  const giveBackLater = (id: string): void => {
    toGiveBack.push(id);
  };
  const groups = createHeldGroups(attributes.fifo && options.seal === undefined);
  const sink = createSink({
    runId,
    queue,
    store,
    clock,
    leases,
    hand,
    groups,
    tally,
    stopper,
    kill,
    fifo: attributes.fifo,
    maxReceiveCount: attributes.redrivePolicy?.maxReceiveCount ?? Number.POSITIVE_INFINITY,
    batchSize: limits.batchSize,
    rejectsInARow: limits.rejectsInARow,
    shapeOf: options.shapeOf,
    seal: options.seal,
    giveBackLater,
    onRetry,
    onNotice: (message) => narrator.tell({ type: "notice", message }),
    onProgress: narrator.progress,
  });

  const transforming = createTransformStage({
    transform: options.transform,
    offload: options.offload,
    mayGrow: options.mayGrow ?? false,
    fifo: attributes.fifo,
    hand,
    budget,
    sink,
    stopper,
    kill,
    clock,
    giveBackLater,
    onRetry: retryOptions("fetch", LIMITS.RETRY_FOR_MS).onRetry,
  });

  const onPage = (page: readonly ReceivedMessage[], bytes: readonly number[]): boolean => {
    let hasNews = false;
    groups.handedOut(page);
    for (const [index, message] of page.entries()) {
      tally.received += 1;
      const { held, isRedelivery } = hand.take(message, bytes[index] ?? 0);
      hasNews ||= held.isNew && !isRedelivery;
      if (isRedelivery) {
        if (held.isDecided) tally.duplicates += 1;
        // Its group has just been handed out anew.
        if (held.isReject) groups.hold(held);
      } else if (stopper.signal.aborted) giveBackLater(held.id);
      else transforming.add(held);
    }
    narrator.progress();
    return hasNews;
  };

  const report = (queueAfter: QueueCounters | null): DrainReport =>
    buildReport({
      runId,
      queueName: queue.name,
      table: options.table,
      isDryRun,
      startedAtMs,
      finishedAtMs: clock.now(),
      tally,
      stopper,
      undecided: hand.undecided(),
      undeleted: isDryRun ? 0 : hand.undeleted(),
      requests: queue.requests,
      queueAfter,
    });

  const finish = async (): Promise<DrainReport> => {
    await transforming.finish();
    await sink.finish();
    // No renewal may cross with what gives the message back: it would touch the lease of whoever receives it next.
    await within(clock, LIMITS.GIVE_BACK_FOR_MS, leases.close());
    // It has reported; its leases have not been renewed since, so the messages may be others' by now.
    if (kill.aborted) return report(null);
    await release(toGiveBack, {
      ...retryOptions("release", LIMITS.GIVE_BACK_FOR_MS),
      queue,
      leases,
      hand,
      tally,
      stopper,
      concurrency: LIMITS.PARALLEL_DELETES,
    });
    const counters = queue.attributes().then(countersOf, () => null);
    const queueAfter = (await within(clock, LIMITS.GIVE_BACK_FOR_MS, counters)) ?? null;
    if (store !== undefined) {
      // A run that has failed has been patient enough.
      const patience = retryOptions("record", stopper.hasFailed() ? 0 : LIMITS.RETRY_FOR_MS);
      try {
        await recordRun(store, report(queueAfter), { ...patience, stop: options.stop });
      } catch (error) {
        stopper.fail(error);
      }
      if (!stopper.hasFailed() && stopper.because() !== "signal") await pruneLedger(store, narrator);
    }
    return report(queueAfter);
  };

  narrator.tell({
    type: "started",
    run_id: runId,
    queue: queue.name,
    table: options.table,
    backlog: countersOf(attributes),
    max: Number.isFinite(total) ? total : undefined,
    dry_run: isDryRun,
  });
  let isStopping = false;
  const tellStopping = (): void => {
    if (isStopping) return;
    isStopping = true;
    narrator.tell({ type: "stopping", because: stopper.because() });
  };
  stopper.signal.addEventListener("abort", tellStopping);
  const cancelDeadline =
    limits.maxDurationMs === undefined
      ? undefined
      : clock.after(limits.maxDurationMs, () => stopper.stop("max-duration"));
  onAbort(options.stop, over.signal, () => stopper.stop("signal"));

  const pollers = startPollers({
    ...retryOptions("receive", LIMITS.RETRY_FOR_MS),
    queue,
    permits,
    concurrency: limits.concurrency,
    waitSeconds: limits.waitSeconds,
    visibilitySeconds: limits.visibilitySeconds,
    stop: stopper.signal,
    onPage,
    onIdle: sink.flush,
    // A dry run has all of them in hand until its end.
    isAtWork: () => !isDryRun && hand.isAtWork(),
  });
  const work = pollers.ended
    .then((ended) => {
      if (ended !== "stopped") stopper.note(ended);
      tellStopping();
    }, stopper.fail)
    .then(finish);
  const killed = new Promise<DrainReport>((resolve) => {
    onAbort(kill, over.signal, () => {
      stopper.cutOff("signal");
      resolve(report(null));
    });
  });

  try {
    return await Promise.race([work, killed]);
  } finally {
    cancelDeadline?.();
    void leases.close();
    over.abort();
  }
}

function onAbort(signal: AbortSignal, over: AbortSignal, action: () => void): void {
  if (signal.aborted) action();
  else signal.addEventListener("abort", action, { once: true, signal: over });
}

/** A signal that aborts with another one for as long as the run lasts. */
function forwarded(signal: AbortSignal, over: AbortSignal): AbortSignal {
  const controller = new AbortController();
  onAbort(signal, over, () => controller.abort());
  return controller.signal;
}

function countersOf({ visible, in_flight, delayed }: QueueAttributes): QueueCounters {
  return { visible, in_flight, delayed };
}
