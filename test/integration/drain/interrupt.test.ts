import { describe, expect } from "vitest";
import { addGate, outcomes, reportOf, somebodyWaits, test, whileLocked } from "../../support/bench.js";
import type { TestDatabase } from "../../support/database.js";
import { loginEvents } from "../../support/events.js";
import { until } from "../../support/until.js";

const BACKLOG = 20_000;
const events = [...loginEvents(BACKLOG, { foreign: 0, duplicates: 0 })];

async function rowCount(database: TestDatabase): Promise<number> {
  const [row] = await database.query<{ count: number }>("select count(*)::integer from user_logins");
  return row?.count ?? 0;
}

describe.concurrent("a signal in the middle of a large backlog", () => {
  test.for([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "%s: stops cleanly with its report and exit code %i",
    async ([name, code], { queue, database, startDrain }) => {
      const sent = queue.send(events);
      const running = startDrain(["--concurrency", "2", "--batch-size", "100"]);
      await running.until("rows are there", async () => (await rowCount(database)) > 0);
      running.signal(name);
      const result = await running.result;
      const report = reportOf(result);

      expect(result).toMatchObject({ exitCode: code, signal: undefined });
      expect(report).toMatchObject({ stopped_because: "signal", in_doubt: 0, duplicates: 0 });
      expect(report.loaded).toBeLessThan(BACKLOG);
      expect(outcomes(report)).toBe(report.received);
      const left = queue.messageIds();
      expect(queue.counts()).toEqual({ visible: left.length, in_flight: 0, delayed: 0 });
      expect((await rowCount(database)) + left.length).toBe(BACKLOG);
      const ledger = await database.query<{ message_id: string }>("select message_id from sqs2pg.ledger");
      expect(new Set([...ledger.map(({ message_id }) => message_id), ...left]).size).toBe(sent.length);
      expect(
        await database.query(
          "select stopped_because, (counters->>'loaded')::integer as loaded from sqs2pg.runs",
        ),
      ).toEqual([{ stopped_because: "signal", loaded: report.loaded }]);
    },
  );

  test("a second one ends it at once with a report, and the next drain finds all that was left", async ({
    queue,
    database,
    drain,
    startDrain,
  }) => {
    queue.send(events.slice(0, 2_000));
    await addGate(database);
    await whileLocked(database, "lock table gate", async () => {
      const running = startDrain(["--visibility", "2"]);
      await running.until("a load waits", () => somebodyWaits(database));
      running.signal("SIGINT");
      // Two at once would be one: signals do not queue.
      await running.untilStderr(/finishing what is in hand/);
      running.signal("SIGINT");
      const result = await running.result;
      expect(result).toMatchObject({ exitCode: 130, signal: undefined });
      const report = reportOf(result);
      expect(report).toMatchObject({ stopped_because: "signal", loaded: 0 });
      expect(report.in_doubt).toBeGreaterThan(0);
      expect(outcomes(report)).toBe(report.received);
    });
    await until("all is drained", async () => {
      expect((await drain()).exitCode).toBe(0);
      return queue.messageIds().length === 0;
    });
    expect(await rowCount(database)).toBe(2_000);
  });

  test("before anything was received it says so, and waits for nothing", async ({ database, startDrain }) => {
    await whileLocked(database, "lock table sqs2pg.migrations", async () => {
      const running = startDrain();
      await running.until("it waits for the database", () => somebodyWaits(database));
      running.signal("SIGINT");
      const { exitCode, stdout, stderr } = await running.result;
      expect(stderr).toBe("sqs2pg: interrupted before the first receive: nothing was taken from the queue\n");
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: "interrupted" } });
      expect(exitCode).toBe(130);
    });
  });
});
