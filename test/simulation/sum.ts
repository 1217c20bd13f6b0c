import type { Outcome } from "./simulate.js";

/** A seed whose run broke something. */
export interface Failure {
  readonly seed: number;
  readonly broken: readonly string[];
}

/** What many seeds did together; it goes from the workers to the main process as JSON. */
export interface Sum {
  seeds: number;
  runs: number;
  messages: number;
  readonly faults: Record<string, number>;
  readonly failures: Failure[];
}

export function emptySum(): Sum {
  return { seeds: 0, runs: 0, messages: 0, faults: {}, failures: [] };
}

export function addOutcome(sum: Sum, seed: number, { runs, messages, faults, broken }: Outcome): void {
  const failures = broken.length > 0 ? [{ seed, broken: [...new Set(broken)] }] : [];
  addSum(sum, { seeds: 1, runs, messages, faults: Object.fromEntries(faults), failures });
}

export function addSum(sum: Sum, other: Sum): void {
  sum.seeds += other.seeds;
  sum.runs += other.runs;
  sum.messages += other.messages;
  sum.failures.push(...other.failures);
  for (const [kind, count] of Object.entries(other.faults)) {
    sum.faults[kind] = (sum.faults[kind] ?? 0) + count;
  }
}
