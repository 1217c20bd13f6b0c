import pg from "pg";
import { expect } from "vitest";
import { migrate } from "../../src/loader/migrations/migrate.js";
import { test as benchTest, outcomes, reportOf } from "../support/bench.js";
import { startCli } from "../support/cli.js";
import { loginEvents } from "../support/events.js";
import { type PostgresServer, startPostgres } from "../support/postgres.js";

/** A server of the test's own, to be crashed. */
const test = benchTest.extend<{ postgres: PostgresServer }>({
  postgres: async ({ task: _task }, use) => {
    const server = await startPostgres();
    await use(server);
    await server.stop();
  },
});

async function countRows(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query("select count(*)::integer from user_logins")).rows[0].count;
  } finally {
    await client.end();
  }
}

test("a database that crashes in the middle and comes back: the drain goes on, each message is loaded once", async ({
  postgres,
  queue,
  queueEnv,
}) => {
  const url = await postgres.createDatabase("crashing");
  await migrate({ database: { url, env: {} } });
  queue.send([...loginEvents(6_000, { foreign: 0, duplicates: 0 })]);
  const running = startCli(["drain", "--json", "--batch-size", "50"], {
    env: { ...queueEnv, DATABASE_URL: url },
  });
  await running.until("rows are there", async () => (await countRows(url)) > 0);
  await postgres.restart("immediate");
  const result = await running.result;
  const report = reportOf(result);

  expect(result.exitCode).toBe(0);
  expect(report.retries).toBeGreaterThan(0);
  expect(report).toMatchObject({
    stopped_because: "empty",
    received: 6_000,
    rejected: 0,
    released: 0,
    in_doubt: 0,
    deleted: 6_000,
  });
  expect(outcomes(report)).toBe(report.received);
  expect(await countRows(url)).toBe(6_000);
  expect(queue.messageIds()).toEqual([]);
});
