import { UsageError } from "../errors.js";
import { PAGE_SIZE } from "../fetcher/permits.js";

/** What the caller of a drain may set. */
export interface DrainLimits {
  /** Messages to receive, exactly at most; undefined: until the queue is empty. */
  readonly max: number | undefined;
  readonly maxDurationMs: number | undefined;
  /** Rows in one statement. */
  readonly batchSize: number;
  /** Receive calls under way at once, at most. */
  readonly concurrency: number;
  /** WaitTimeSeconds of a long poll, 1 to 20. */
  readonly waitSeconds: number;
  /** VisibilityTimeout of the leases, in seconds. */
  readonly visibilitySeconds: number;
  /**
   * So many rejects in a row end the run: messages that cannot become rows with none between them that can, or rows
   * that the database refuses with none between them that it takes.
   */
  readonly rejectsInARow: number;
}

export const DEFAULT_LIMITS: DrainLimits = {
  max: undefined,
  maxDurationMs: undefined,
  batchSize: 1_000,
  concurrency: 16,
  waitSeconds: 1,
  visibilitySeconds: 120,
  rejectsInARow: 1_000,
};

/** What each limit may be. `batchSize`: PostgreSQL plans an array of any length; memory is what bounds it. */
export const LIMIT_BOUNDS: Readonly<
  Record<keyof DrainLimits, { readonly min: number; readonly max?: number }>
> = {
  max: { min: 1 },
  maxDurationMs: { min: 1 },
  batchSize: { min: 1, max: 10_000 },
  concurrency: { min: 1, max: 256 },
  waitSeconds: { min: 1, max: 20 },
  visibilitySeconds: { min: 2, max: 43_200 },
  rejectsInARow: { min: 1 },
};

/** Who allows many rejects allows them in a row. */
export function rejectsInARowFor(maxRejects: number): number {
  return Math.max(DEFAULT_LIMITS.rejectsInARow, maxRejects);
}

/** The defaults with what the caller has set. Throws `UsageError` for a limit that is out of its bounds. */
export function resolveLimits(given: Partial<DrainLimits>): DrainLimits {
  const limits = { ...DEFAULT_LIMITS, ...given };
  for (const [name, { min, max = Number.MAX_SAFE_INTEGER }] of Object.entries(LIMIT_BOUNDS)) {
    const value: unknown = Reflect.get(limits, name);
    if (value === undefined && (name === "max" || name === "maxDurationMs")) continue;
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) continue;
    throw new UsageError("invalid_value", `the limit ${name} must be a whole number from ${min} to ${max}`);
  }
  return limits;
}

/** A dry run holds what it has received until its end, so it needs an end. */
export const DRY_RUN_MAX = 10_000;

/** A dependency that fails in the middle of a run is given this long to come back. */
export const RETRY_FOR_MS = 60_000;

/** Giving back is a courtesy: what is not given back comes back by itself, so it is not tried for long. */
export const GIVE_BACK_FOR_MS = 5_000;

/** Statements under way at once, at most: one is planned and sent while another one is committed. */
export const PARALLEL_LOADS = 2;

/** The rows of a FIFO queue's groups may be in any batch, so that batches must not overtake each other. */
export function parallelLoads(fifo: boolean): number {
  return fifo ? 1 : PARALLEL_LOADS;
}

/** Processes that drain side by side, at most. */
export const MOST_PROCESSES = 32;

/** Delete calls under way at once, at least. */
const FEWEST_DELETES = 16;

/** As many deletes as receives may be under way: both take one call for ten messages, and the slower of them is the rate. */
export function parallelDeletes({ concurrency }: Pick<DrainLimits, "concurrency">): number {
  return Math.max(FEWEST_DELETES, concurrency);
}

/** How long messages wait for company before they go on alone. */
export interface Patience {
  /** Rows, for a full batch. */
  readonly batchAgeMs: number;
  /** Deletes, for a full call. */
  readonly deleteAgeMs: number;
}

/** A FIFO queue hands out no more of a group before what it has handed out is deleted: there nothing should wait. */
export function patienceFor(fifo: boolean): Patience {
  return fifo ? { batchAgeMs: 20, deleteAgeMs: 20 } : { batchAgeMs: 1_000, deleteAgeMs: 250 };
}

/** Bodies in one statement. */
export const BATCH_BYTES: number = 8 * 1024 * 1024;

/** Bodies in hand. */
export const MAX_BYTES_IN_HAND: number = 64 * 1024 * 1024;

/**
 * Payloads in hand besides, also those that are being fetched, and rows where one message makes several. Only what a single
 * message becomes when it is decoded and transformed may come on top.
 */
export const MAX_PAYLOAD_BYTES_IN_HAND: number = 64 * 1024 * 1024;

/** SQS allows 120,000 messages in flight on a standard queue and 20,000 on a FIFO queue, all consumers together. */
export function mostInHand(fifo: boolean): number {
  return fifo ? 18_000 : 100_000;
}

/**
 * Rejects left on the queue, and what they hold in their FIFO groups, whose leases one run keeps. With more of them something is wrong with the queue or the
 * pipeline, and the run stops.
 */
export function mostParked(fifo: boolean): number {
  return fifo ? 5_000 : 20_000;
}

/** Messages in hand: enough for the pollers and for batches in every stage. */
export function maxMessagesInHand(limits: DrainLimits, fifo: boolean): number {
  const wanted = limits.batchSize * (PARALLEL_LOADS + 2) + limits.concurrency * PAGE_SIZE;
  return Math.min(wanted, mostInHand(fifo) - mostParked(fifo));
}
