import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../src/clock.js";
import { loadBatch } from "../../../src/loader/load-batch.js";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import type { Store } from "../../../src/loader/store.js";
import { useDatabase } from "../../support/database.js";
import { ann, batchOf, bob, loginStore } from "./login-store.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});
let store: Store;
beforeAll(() => {
  store = loginStore(database, { statementTimeoutMs: 300 });
});
afterAll(() => store.close());

/** Ends our sessions that wait for a lock; how many. */
async function endWaiting(): Promise<number> {
  const ended = await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'sqs2pg' and datname = current_database() and wait_event_type = 'Lock'`,
  );
  return ended.length;
}

test("a session that is ended under way leaves the outcome unknown, and the next one loads", async () => {
  const patient = loginStore(database);
  const locker = await database.pool.connect();
  try {
    await locker.query("begin; lock table user_logins");
    const retries: string[] = [];
    const loading = loadBatch(batchOf(ann, bob), {
      store: patient,
      clock: systemClock,
      retryForMs: 30_000,
      onRetry: ({ code }) => retries.push(code),
    });
    await expect.poll(endWaiting).toBe(1);
    await locker.query("rollback");
    expect(await loading).toMatchObject({ loaded: 2, duplicates: 0, inDoubt: [], statements: 2 });
    expect(retries).toEqual(["57P01"]);
  } finally {
    locker.release();
    await patient.close();
  }
});

test("a statement that gets no answer is given up, and what it did later counts as loaded", async () => {
  const batch = { ...batchOf(ann), stamp: "2026-05-06T00:00:00Z" };
  const locker = await database.pool.connect();
  try {
    await locker.query("begin; lock table user_logins");
    const failed = store.load(batch, { isRetry: false });
    await expect(failed).rejects.toMatchObject({ class: "transient", outcomeUnknown: true });
    await locker.query("rollback");
    expect(await store.load(batch, { isRetry: true })).toMatchObject({ loaded: 1, duplicates: 0 });
  } finally {
    locker.release();
  }
  const rows = await database.query("select from sqs2pg.ledger where loaded_at = '2026-05-06T00:00:00Z'");
  expect(rows).toHaveLength(1);
});

test("commits are flushed, also where the database says they need not be", async () => {
  await database.query(`alter database ${database.name} set synchronous_commit = off`);
  await database.query(`create table seen (setting text)`);
  await database.query(`create function look() returns trigger language plpgsql as $$ begin
    insert into seen values (current_setting('synchronous_commit')); return null; end $$`);
  await database.query(
    "create trigger look after insert on user_logins for each statement execute function look()",
  );
  const fresh = loginStore(database);
  try {
    await fresh.load(batchOf(ann), { isRetry: false });
    expect(await database.query("select setting from seen")).toEqual([{ setting: "on" }]);
  } finally {
    await fresh.close();
  }
});
