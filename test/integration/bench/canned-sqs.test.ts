import { afterAll, beforeAll, expect } from "vitest";
import { type CannedSqs, startCannedSqs } from "../../../bench/support/canned-sqs/start.js";
import { KEY, test } from "../../support/bench.js";
import { runCli } from "../../support/cli.js";
import { rowCount } from "../../support/database-bench.js";

let sqs: CannedSqs;
beforeAll(async () => {
  sqs = await startCannedSqs();
});
afterAll(() => sqs.stop());

test("a drain of the canned server loads every login event once, and the server counts what was asked of it", async ({
  database,
}) => {
  // The last page is not full.
  const count = 503;
  const { loadable } = await sqs.reset({ count });
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
  expect(counts).toMatchObject({ delivered: count, deleted: loadable });
  expect(counts.requests["ReceiveMessage"]).toBeGreaterThanOrEqual(52);
  expect(counts.requests["DeleteMessageBatch"]).toBeGreaterThanOrEqual(50);
  expect(counts.doneAtMs).toBeGreaterThanOrEqual(counts.startedAtMs);
});
