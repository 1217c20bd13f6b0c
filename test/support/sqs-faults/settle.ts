import { expect } from "vitest";
import type { DrainReport } from "../../../src/drain/report.js";
import type { TestDatabase } from "../database.js";
import { settled } from "../settled.js";
import type { SentMessage, TestQueue } from "../sqs.js";
import { until } from "../until.js";

export interface SettleOptions {
  readonly queue: TestQueue;
  readonly database: TestDatabase;
  /** Drains without any fault. */
  readonly drain: (args: readonly string[]) => Promise<{ readonly report: DrainReport }>;
}

/** Longer than any lease in a test of a fault. */
const LONGEST_LEASE_MS = 60_000;

/**
 * Waits until what a drain may have left in flight is back, lets a healthy one have it, and looks whether each message
 * that was sent is a row now, and one only, with nothing left on the queue. Answers the healthy drain's report, if there
 * was anything to do.
 */
export async function settle(
  { queue, database, drain }: SettleOptions,
  sent: readonly SentMessage[],
): Promise<DrainReport | undefined> {
  await settled({ sent, queue, database, isCutOff: true });
  await until("all leases have ended", () => queue.counts().in_flight === 0, LONGEST_LEASE_MS);
  const left = queue.messageIds().length;
  const report = left === 0 ? undefined : (await drain(["--max", String(left)])).report;
  const places = await settled({ sent, queue, database });
  expect(places).toEqual({ rows: sent.length, rejects: 0, queued: 0 });
  return report;
}
