import type { Clock } from "../clock.js";

/**
 * Times of loading that no two batches of a run share: the clock's milliseconds, pushed on by a microsecond where
 * two batches fall together. PostgreSQL's timestamptz keeps microseconds.
 */
export function createStamps(clock: Clock): () => string {
  let lastMicros = 0n;
  return () => {
    const nowMicros = BigInt(Math.trunc(clock.now())) * 1_000n;
    lastMicros = nowMicros > lastMicros ? nowMicros : lastMicros + 1n;
    const milliseconds = new Date(Number(lastMicros / 1_000n)).toISOString().slice(0, -1);
    return `${milliseconds}${String(lastMicros % 1_000n).padStart(3, "0")}Z`;
  };
}
