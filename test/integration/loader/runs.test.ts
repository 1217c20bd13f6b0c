import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import type { Store } from "../../../src/loader/store.js";
import { useDatabase } from "../../support/database.js";
import { loginStore } from "./login-store.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});
let store: Store;
beforeAll(() => {
  store = loginStore(database);
});
afterAll(() => store.close());

test("a run is recorded when it starts and when it ends, also when both are sent twice", async () => {
  const id = randomUUID();
  const startedAtMs = Date.UTC(2026, 0, 2);
  const start = {
    id,
    command: "replay" as const,
    queue: "q",
    targets: [{ schema: "raw", name: "t" }, { name: "u" }],
    startedAtMs,
    keyId: "0a1b2c3d",
    version: "1.0.0",
  };
  await store.startRun(start);
  await store.startRun(start);
  const [begun] = await database.query("select * from sqs2pg.runs");
  expect(begun).toMatchObject({
    id,
    command: "replay",
    queue: "q",
    target: "raw.t, u",
    key_id: "0a1b2c3d",
    finished_at: null,
  });
  const end = { id, finishedAtMs: startedAtMs + 5_000, stoppedBecause: "empty", counters: { loaded: 3 } };
  await store.finishRun(end);
  await store.finishRun(end);
  const [ended] = await database.query("select * from sqs2pg.runs");
  expect(ended).toMatchObject({ stopped_because: "empty", counters: { loaded: 3 }, version: "1.0.0" });
  expect(ended?.["finished_at"].getTime() - ended?.["started_at"].getTime()).toBe(5_000);
});

test("pruning removes what SQS can no longer redeliver, however much it is, and nothing else", async () => {
  await database.query(`insert into sqs2pg.ledger
    select gen_random_uuid(), gen_random_uuid(), now() - interval '21 days 1 minute' from generate_series(1, 25000)`);
  await database.query(`insert into sqs2pg.ledger
    select gen_random_uuid(), gen_random_uuid(), now() - interval '20 days 23 hours' from generate_series(1, 10)`);
  expect(await store.prune()).toBe(25_000);
  expect(await store.prune()).toBe(0);
  expect(await database.query("select from sqs2pg.ledger")).toHaveLength(10);
});

test("what is still sealed keeps its entry in the ledger: it may be replayed at any time", async () => {
  await database.query("delete from sqs2pg.ledger");
  await database.query(`insert into sqs2pg.ledger
    select gen_random_uuid(), gen_random_uuid(), now() - interval '1 year' from generate_series(1, 3)`);
  await database.query(`insert into sqs2pg.rejects
    (message_id, queue, stage, code, reason, receive_count, run_id, sealed_body)
    select message_id, 'q', 's', 'c', 'r', 1, run_id, case when row_number() over () = 1 then 'x'::bytea end
    from (select * from sqs2pg.ledger limit 2) as two`);
  expect(await store.prune()).toBe(2);
  expect(await database.query("select from sqs2pg.ledger")).toHaveLength(1);
});
