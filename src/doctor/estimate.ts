import { DEFAULT_LIMITS, PARALLEL_LOADS, parallelLoads } from "../drain/limits.js";
import { PAGE_SIZE } from "../fetcher/permits.js";
import { roundly } from "./words.js";

/** What one process has drained on two cores, everything near (bench/RESULTS.md). */
const ONE_PROCESS = 20_000;

/** Rows a second that one connection loads, without the way there (the same). */
const ROWS_OF_A_CONNECTION = 80_000;

/** Batch calls a second of a FIFO queue that is not set to high throughput. */
const FIFO_CALLS = 300;

export interface Estimate {
  /** Messages a second, to one digit. */
  readonly perSecond: number;
  readonly bound: "SQS" | "the database" | "this process";
}

/** What a drain with the default settings could do at most, from the time that one call takes. */
export function estimate({
  sqsMs,
  databaseMs,
  fifo,
}: {
  readonly sqsMs: number;
  readonly databaseMs: number;
  readonly fifo: boolean;
}): Estimate {
  const { concurrency, batchSize } = DEFAULT_LIMITS;
  const calls = (parallel: number): number => (parallel * 1_000) / Math.max(sqsMs, 0.1);
  const limit = fifo ? FIFO_CALLS : Number.POSITIVE_INFINITY;
  const sqs = Math.min(calls(concurrency), limit) * PAGE_SIZE;
  const batchMs = databaseMs + (batchSize / ROWS_OF_A_CONNECTION) * 1_000;
  const loads = fifo ? parallelLoads(true) : PARALLEL_LOADS;
  const database = (loads * batchSize * 1_000) / batchMs;
  const least = Math.min(sqs, database, ONE_PROCESS);
  const bound = least === sqs ? "SQS" : least === database ? "the database" : "this process";
  return { perSecond: roundly(least), bound };
}

/** The middle of a few measurements. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
