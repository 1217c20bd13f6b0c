import type { Clock } from "./clock.js";

const BASE_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** Something that failed and is tried again: why, how often by now, and after how long. */
export interface Backoff {
  /** SQSTATE, SQS's error code, or one of ours. */
  readonly code: string;
  /** 1 for the first repetition. */
  readonly attempt: number;
  readonly delayMs: number;
}

/**
 * How long to wait, in milliseconds, after `failures` failures before this one: exponential, up to five seconds, with
 * full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter").
 */
export function backoffMs(clock: Clock, failures: number): number {
  return Math.round(clock.random() * Math.min(LONGEST_DELAY_MS, BASE_DELAY_MS * 2 ** failures));
}
