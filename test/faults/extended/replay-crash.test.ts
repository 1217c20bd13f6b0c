import { expect } from "vitest";
import { count, replayed, sealInto } from "../../integration/rejects/bench.js";
import { KEY } from "../../support/bench.js";
import { type RunningCli, startCli } from "../../support/cli.js";
import { crashable as test } from "../../support/database-bench.js";
import { loginEvents } from "../../support/events.js";
import { inTheMiddle } from "../../support/in-the-middle.js";

const COUNT = 2_000;

test("a database that crashes in the middle and comes back: the replay goes on, each reject is loaded once", async ({
  postgres,
  database,
}) => {
  const messages = [...loginEvents(COUNT, { foreign: 0, duplicates: 0 })].map((body) => ({ body }));
  await sealInto(database, messages, { queue: "login-queue" });
  const start = (): RunningCli =>
    startCli(["replay", "--json", "--batch-size", "5"], {
      env: { DATABASE_URL: database.url, SQS2PG_MASK_KEY: KEY },
    });
  const running = await inTheMiddle(database, start, () => postgres.restart("immediate"));
  const result = await running.result;
  const { report } = replayed(result);

  expect(result.exitCode).toBe(0);
  expect(report.retries).toBeGreaterThan(0);
  expect(report).toMatchObject({
    ...{ stopped_because: "done", read: COUNT, loaded: COUNT, duplicates: 0, rejected: 0 },
    ...{ not_tried: 0, in_doubt: 0, sealed_after: 0 },
  });
  expect(await count(database)).toEqual({ rows: COUNT, ledger: COUNT, sealed: 0, replayed: COUNT });
});
