import { expect } from "vitest";
import { outcomes, reportOf, test } from "../../support/bench.js";
import { withClerk } from "../../support/clerk.js";
import type { RunningCli } from "../../support/cli.js";
import type { TestDatabase } from "../../support/database.js";
import { endSessions } from "../../support/database-bench.js";
import { HURRIED } from "../../support/hurry.js";
import { changeInTheMiddle, inTheMiddle } from "../../support/in-the-middle.js";
import { settled, traceableEvents } from "../../support/settled.js";

/** Prepares a full disk, as a statement or a row meets it; the statement that fills it. */
async function diskToFill(database: TestDatabase, level: "statement" | "row"): Promise<string> {
  await database.query(`create function fail() returns trigger language plpgsql as $$ begin
    raise exception 'could not extend file' using errcode = '53100'; end $$`);
  return `create trigger fail before insert on user_logins for each ${level} execute function fail()`;
}

test("a disk that is full before the first receive: exit code 75, and nothing is taken", async ({
  queue,
  database,
  startDrain,
}) => {
  const sent = queue.send(traceableEvents(200));
  await database.query(await diskToFill(database, "statement"));
  const { exitCode, stderr } = await startDrain().result;
  expect(exitCode).toBe(75);
  expect(stderr).toMatch(/has no disk space left: free some, then run again/);
  expect(queue.counts()).toEqual({ visible: 200, in_flight: 0, delayed: 0 });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 0, rejects: 0, queued: 200 });
});

test("a disk that fills up in the middle and stays full: exit code 75, and the rest is given back", async ({
  queue,
  database,
  startDrain,
}) => {
  const sent = queue.send(traceableEvents(3_000));
  const start = (): RunningCli => startDrain(["--batch-size", "50"], { nodeArgs: HURRIED });
  const running = await changeInTheMiddle(database, start, await diskToFill(database, "row"));
  const result = await running.result;
  const report = reportOf(result);
  expect(result.exitCode).toBe(75);
  expect(report.error?.message).toMatch(/has no disk space left/);
  expect(report).toMatchObject({ in_doubt: 0, rejected: 0, deleted: report.loaded });
  expect(outcomes(report)).toBe(report.received);
  expect(queue.counts()).toEqual({ visible: 3_000 - report.loaded, in_flight: 0, delayed: 0 });
  const { loaded } = report;
  expect(loaded).toBeGreaterThan(0);
  expect(await settled({ sent, queue, database })).toEqual({
    rows: loaded,
    rejects: 0,
    queued: 3_000 - loaded,
  });
});

test("a database that becomes read-only in the middle: stops with 1 and gives the rest back", async ({
  queue,
  database,
  startDrain,
}) => {
  const sent = queue.send(traceableEvents(3_000));
  const running = await inTheMiddle(
    database,
    () => startDrain(["--batch-size", "50"]),
    async () => {
      await database.query(`alter database ${database.name} set default_transaction_read_only = on`);
      // A failover to a standby ends all sessions; the new ones find it read-only.
      await endSessions(database);
    },
  );
  const result = await running.result;
  const report = reportOf(result);
  expect(result.exitCode).toBe(1);
  expect(report.error?.message).toMatch(/is read-only: connect to the primary/);
  expect(outcomes(report)).toBe(report.received);
  await settled({ sent, queue, database, isCutOff: true });
  // What was under way when the sessions ended may have committed: nobody could ask before the run stopped.
  expect(report.in_doubt).toBeLessThanOrEqual(100);
  expect(queue.counts().in_flight).toBe(report.in_doubt);
});

test("no connection free at the start: exit code 75, and nothing is taken", async ({
  queue,
  database,
  startDrain,
}) => {
  const sent = queue.send(traceableEvents(50));
  await withClerk(database, async ({ role, url }) => {
    await database.query(`alter role ${role} connection limit 0`);
    const { exitCode, stderr } = await startDrain([], { env: { DATABASE_URL: url } }).result;
    expect(exitCode).toBe(75);
    expect(stderr).toMatch(/has no connection free: try again later/);
  });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 0, rejects: 0, queued: 50 });
});

test("no connection free for a while in the middle: waited for", async ({ queue, database, startDrain }) => {
  const sent = queue.send(traceableEvents(3_000));
  await withClerk(database, async ({ role, url }) => {
    const start = (): RunningCli =>
      startDrain(["--batch-size", "50", "--log-level", "info"], { env: { DATABASE_URL: url } });
    const running = await inTheMiddle(database, start, async () => {
      await database.query(`alter role ${role} connection limit 0`);
      await endSessions(database);
    });
    await running.untilStderr(/load: 53300, attempt 4/);
    await database.query(`alter role ${role} connection limit -1`);
    const result = await running.result;
    expect(result.exitCode).toBe(0);
    expect(reportOf(result)).toMatchObject({ received: 3_000, loaded: 3_000, duplicates: 0, deleted: 3_000 });
  });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 3_000, rejects: 0, queued: 0 });
});

test("one connection is enough, where the role may have no more", async ({ queue, database, drain }) => {
  const sent = queue.send(traceableEvents(500));
  await withClerk(database, async ({ role, url }) => {
    await database.query(`alter role ${role} connection limit 1`);
    const { exitCode, report } = await drain(["--batch-size", "50"], { env: { DATABASE_URL: url } });
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ received: 500, loaded: 500, duplicates: 0, deleted: 500 });
  });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 500, rejects: 0, queued: 0 });
});
