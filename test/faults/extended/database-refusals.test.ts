import pg from "pg";
import { expect } from "vitest";
import {
  addGate,
  givePasses,
  outcomes,
  reportOf,
  somebodyWaits,
  test,
  whileLocked,
} from "../../support/bench.js";
import type { RunningCli } from "../../support/cli.js";
import type { TestDatabase } from "../../support/database.js";
import { endSessions, rowCount } from "../../support/database-bench.js";
import { HURRIED } from "../../support/hurry.js";
import { settled, traceableEvents } from "../../support/settled.js";
import { until } from "../../support/until.js";

/** A trigger that refuses the first rows that it sees with an SQLSTATE; what it has counted survives a rollback. */
async function refuseRows(database: TestDatabase, sqlState: string, count: number): Promise<void> {
  await database.query("create sequence refusals");
  await database.query(`create function refuse() returns trigger language plpgsql as $$ begin
    if nextval('refusals') <= ${count} then raise exception 'no' using errcode = '${sqlState}'; end if;
    return new; end $$`);
  await database.query(
    "create trigger refuse before insert on user_logins for each row execute function refuse()",
  );
}

const TIMEOUTS = [
  ["statement_timeout", /canceled the statement \(statement_timeout/, /load: 57014, attempt 3/],
  ["lock_timeout", /did not give a lock in time/, /load: 55P03, attempt 3/],
] as const;

test.for(TIMEOUTS)(
  "a %s for a while: tried again until it goes through",
  async ([setting, , retried], { queue, database, startDrain }) => {
    const sent = queue.send(traceableEvents(200));
    await addGate(database);
    await database.query(`alter database ${database.name} set ${setting} = '2s'`);
    let running: RunningCli | undefined;
    await whileLocked(database, "lock table gate", async () => {
      running = startDrain(["--batch-size", "50", "--log-level", "info"]);
      await running.untilStderr(retried);
    });
    const result = await running?.result;
    if (result === undefined) throw new Error("the drain was not started");
    expect(result.exitCode).toBe(0);
    expect(reportOf(result)).toMatchObject({ received: 200, loaded: 200, duplicates: 0, deleted: 200 });
    expect(await settled({ sent, queue, database })).toEqual({ rows: 200, rejects: 0, queued: 0 });
  },
);

test.for(TIMEOUTS)(
  "a %s again and again: exit code 75, and everything is given back",
  async ([setting, says], { queue, database, drain }) => {
    const sent = queue.send(traceableEvents(200));
    await addGate(database);
    await database.query(`alter database ${database.name} set ${setting} = '2s'`);
    await whileLocked(database, "lock table gate", async () => {
      const { exitCode, report } = await drain(["--batch-size", "50"], { nodeArgs: HURRIED });
      expect(exitCode).toBe(75);
      expect(report.error?.message).toMatch(says);
      expect(report).toMatchObject({ received: 200, released: 200, in_doubt: 0 });
    });
    expect(queue.counts()).toEqual({ visible: 200, in_flight: 0, delayed: 0 });
    expect(await settled({ sent, queue, database })).toEqual({ rows: 0, rejects: 0, queued: 200 });
  },
);

test("a deadlock with another session that the drain loses: tried again", async ({
  queue,
  database,
  startDrain,
}) => {
  const sent = queue.send(traceableEvents(100));
  await addGate(database);
  // The one whose time is over first, after the circle has closed, is the one that PostgreSQL ends.
  await database.query(`alter database ${database.name} set deadlock_timeout = '3s'`);
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  try {
    await other.query("set deadlock_timeout = '10min'; begin; lock table gate");
    const running = startDrain();
    await running.until("the load waits", () => somebodyWaits(database));
    const ids = `'${sent.map(({ messageId }) => messageId).join("','")}'`;
    // It waits for the load, which has the ledger's entries and waits for the gate; until the load has been ended.
    await other.query(
      `insert into sqs2pg.ledger (message_id, run_id, loaded_at)
       select id, gen_random_uuid(), now() from unnest(array[${ids}]::uuid[]) as id order by id`,
    );
    await other.query("rollback");
    const result = await running.result;
    expect(result.exitCode).toBe(0);
    expect(reportOf(result)).toMatchObject({ received: 100, loaded: 100, duplicates: 0, retries: 1 });
  } finally {
    await other.end();
  }
  const deadlocks = "select deadlocks::integer from pg_stat_database where datname = current_database()";
  await until("it was a deadlock", async () => (await database.query(deadlocks))[0]?.["deadlocks"] === 1);
  expect(await settled({ sent, queue, database })).toEqual({ rows: 100, rejects: 0, queued: 0 });
});

test.for([
  ["40001", "a serialization failure"],
  ["40P01", "a deadlock"],
  ["53100", "a full disk"],
  ["53200", "out of memory"],
] as const)("%s (%s), some times over: tried again", async ([sqlState], { queue, database, drain }) => {
  const sent = queue.send(traceableEvents(200));
  await refuseRows(database, sqlState, 5);
  const { exitCode, report } = await drain(["--batch-size", "50"]);
  expect(exitCode).toBe(0);
  expect(report).toMatchObject({ received: 200, loaded: 200, duplicates: 0, rejected: 0, retries: 5 });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 200, rejects: 0, queued: 0 });
});

test("idle sessions that the database ends: the next rows come over new ones", async ({
  queue,
  database,
  startDrain,
}) => {
  const sent = queue.send(traceableEvents(100));
  await database.query(`alter database ${database.name} set idle_session_timeout = '1s'`);
  // It waits for as long as its sessions may need to go, and ends with the last message.
  const running = startDrain(["--wait", "20", "--max", "150"]);
  await running.until("rows are there", async () => (await rowCount(database)) === 100);
  const sessions = `select from pg_stat_activity
    where application_name = 'sqs2pg' and datname = current_database()`;
  await running.until("its sessions are gone", async () => (await database.query(sessions)).length === 0);
  sent.push(...queue.send(traceableEvents(150).slice(100)));
  const result = await running.result;
  expect(result.exitCode).toBe(0);
  expect(reportOf(result)).toMatchObject({ received: 150, loaded: 150, duplicates: 0, deleted: 150 });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 150, rejects: 0, queued: 0 });
});

test("sessions that an administrator ends again and again: all is loaded once", async ({
  queue,
  database,
  startDrain,
}) => {
  const sent = queue.send(traceableEvents(6_000));
  // Wherever its loads are; the gate only keeps it from being done before. Of 350 passes two loads that are ended and
  // two that wait can waste 200; each time there may be as many again while it has no session that could be ended.
  const [times, passes] = [8, 350];
  await addGate(database, passes);
  let running: RunningCli | undefined;
  await whileLocked(database, "lock table gate", async () => {
    running = startDrain(["--batch-size", "50"]);
    let before = 0;
    for (let time = 0; time < times; time += 1) {
      await running.until("more rows are there", async () => (await rowCount(database)) >= before + 100);
      await running.until("sessions are ended", async () => {
        await givePasses(database, passes);
        return (await endSessions(database)) > 0;
      });
      before = await rowCount(database);
    }
  });
  const result = await running?.result;
  if (result === undefined) throw new Error("the drain was not started");
  const report = reportOf(result);
  expect(result.exitCode).toBe(0);
  expect(outcomes(report)).toBe(report.received);
  expect(report).toMatchObject({ received: 6_000, loaded: 6_000, duplicates: 0, deleted: 6_000 });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 6_000, rejects: 0, queued: 0 });
});
