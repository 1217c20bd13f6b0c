import { afterAll, beforeAll, describe, expect } from "vitest";
import { type BenchSqs, startCannedSqs, startEmulatedSqs } from "../../../bench/support/bench-sqs/start.js";
import { KEY, test } from "../../support/bench.js";
import { runCli } from "../../support/cli.js";
import { rowCount } from "../../support/database-bench.js";

const QUEUES = { canned: startCannedSqs, emulated: startEmulatedSqs };

describe.each(Object.entries(QUEUES))("the %s queue", (_, start) => {
  let sqs: BenchSqs;
  beforeAll(async () => {
    sqs = await start();
  });
  afterAll(() => sqs.stop());

  test("is drained of every login event once, and counts what was asked of it", async ({ database }) => {
    // What was there before is there no more.
    await sqs.reset({ count: 20 });
    // The last page is not full.
    const count = 503;
    const { loadable } = await sqs.reset({ count, latencyMs: 50 });
    expect(loadable).toBeLessThan(count);
    const env = { ...sqs.environment, DATABASE_URL: database.url, SQS2PG_MASK_KEY: KEY };
    const { stdout, stderr } = await runCli(["drain", "--quiet", "--json"], { env });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({
      stopped_because: "empty",
      received: count,
      loaded: loadable,
      duplicates: 0,
      rejected: count - loadable,
      deleted: loadable,
      queue_after: { visible: 0, in_flight: count - loadable },
    });
    expect(await rowCount(database)).toBe(loadable);
    const counts = await sqs.counts();
    expect(counts).toMatchObject({ deleted: loadable });
    expect(counts.requests["ReceiveMessage"]).toBeGreaterThanOrEqual(52);
    expect(counts.requests["DeleteMessageBatch"]).toBeGreaterThanOrEqual(50);
    expect(counts.requestsUntilDone).toBeGreaterThanOrEqual(101);
    expect(counts.startedAtMs).toBeGreaterThan(0);
    // Nothing is deleted before the first receive was answered; clocks and timers count whole milliseconds.
    expect(counts.doneAtMs - counts.startedAtMs).toBeGreaterThanOrEqual(48);
  });
});
