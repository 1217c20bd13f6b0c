import type { Backoff } from "../backoff.js";
import type { Clock } from "../clock.js";
import { createLeases, type Leases } from "../fetcher/leases.js";
import { createPermits, PAGE_SIZE, type Permits } from "../fetcher/permits.js";
import type { EngineOptions } from "./engine-options.js";
import type { OnRetry, Progress, Retried } from "./events.js";
import { createHand, type Hand } from "./hand.js";
import { createHeldGroups, type HeldGroups } from "./held-groups.js";
import * as LIMITS from "./limits.js";
import { createNarrator, type Narrator } from "./narrator.js";
import { createPayloadBudget, type PayloadBudget } from "./payload-budget.js";
import { createStopper, type Stopper } from "./stopper.js";
import { createTally, type Tally } from "./tally.js";
import { createWorkClock, type WorkClock } from "./work-clock.js";

/** How a call that may have to be made again is made. */
export interface Patience {
  readonly clock: Clock;
  readonly retryForMs: number;
  readonly signal: AbortSignal;
  readonly onRetry: (retry: Backoff) => void;
}

/** What the stages of one run share: what it has in hand, what it has counted, and why it ends. */
export interface Run {
  readonly options: EngineOptions;
  /** Aborts with the caller's, as long as the run lasts. */
  readonly kill: AbortSignal;
  readonly startedAtMs: number;
  readonly isDryRun: boolean;
  /** Messages to be received at the most. */
  readonly total: number;
  readonly tally: Tally;
  readonly stopper: Stopper;
  readonly narrator: Narrator;
  readonly permits: Permits;
  readonly leases: Leases;
  readonly budget: PayloadBudget;
  readonly hand: Hand;
  readonly work: WorkClock;
  readonly groups: HeldGroups;
  /** Messages that go back to the queue at the end. */
  readonly toGiveBack: readonly string[];
  readonly giveBackLater: (id: string) => void;
  /** Counts a retry and tells of it. */
  readonly onRetry: OnRetry;
  readonly patience: (what: Retried, retryForMs: number) => Patience;
}

/** A run that has received nothing yet; `activePollers` is for its progress. */
export function createRun(options: EngineOptions, kill: AbortSignal, activePollers: () => number): Run {
  const { queue, limits, clock, attributes } = options;
  const isDryRun = options.store === undefined;
  const total = limits.max ?? (isDryRun ? LIMITS.DRY_RUN_MAX : Number.POSITIVE_INFINITY);
  const tally = createTally();
  const narrator = createNarrator(options.onEvent, clock, () => progressOf(tally, activePollers()));
  const stopper = createStopper((error) => narrator.tell({ type: "failed", error }));
  const permits = createPermits({
    maxMessages: isDryRun ? total : LIMITS.maxMessagesInHand(limits, attributes.fifo),
    maxBytes: LIMITS.MAX_BYTES_IN_HAND,
    largestPageBytes: PAGE_SIZE * attributes.maximumMessageBytes,
    total,
  });
  const { visibilitySeconds } = limits;
  const leases = createLeases({ queue, clock, visibilitySeconds, onError: stopper.fail });
  const budget = createPayloadBudget(LIMITS.MAX_PAYLOAD_BYTES_IN_HAND);
  const work = createWorkClock(clock);
  const mostParked = LIMITS.mostParked(attributes.fifo);
  const toGiveBack: string[] = [];
  const onRetry = createOnRetry(tally, narrator);

  return {
    ...{ options, kill, startedAtMs: clock.now(), isDryRun, total },
    ...{ tally, stopper, narrator, permits, leases, budget, work },
    hand: createHand({ leases, permits, budget, mostParked, onDecided: work.note }),
    groups: createHeldGroups(attributes.fifo && options.seal === undefined),
    toGiveBack,
    giveBackLater: (id) => {
      toGiveBack.push(id);
    },
    onRetry,
    patience: (what, retryForMs) => ({
      ...{ clock, retryForMs, signal: kill },
      onRetry: (retry) => onRetry({ what, ...retry }),
    }),
  };
}

function progressOf(tally: Tally, pollers: number): Progress {
  const { received, loaded, duplicates, rejected, released, deleted } = tally;
  return { received, loaded, duplicates, rejected, released, deleted, pollers };
}

function createOnRetry(tally: Tally, narrator: Narrator): OnRetry {
  return ({ what, code, attempt, delayMs }) => {
    tally.retries += 1;
    narrator.tell({ type: "retry", what, code, attempt, delay_ms: delayMs });
  };
}
