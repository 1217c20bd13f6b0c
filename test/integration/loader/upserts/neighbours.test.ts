import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../../src/clock.js";
import { connect } from "../../../../src/loader/connection.js";
import { createKnexStore } from "../../../../src/loader/knex-store.js";
import { loadBatch } from "../../../../src/loader/load-batch.js";
import { ageOf } from "../../../../src/loader/store.js";
import type { LoadTarget } from "../../../../src/loader/target.js";
import type { Message } from "../../../../src/message.js";
import { dropDatabase, openMigratedDatabase, type TestDatabase } from "../../../support/database.js";
import { until } from "../../../support/until.js";
import { newRole } from "../role.js";
import { DEFINITION, type Loader, loaderInto, readings, sentAt } from "./readings.js";

const database: TestDatabase = await openMigratedDatabase();
afterAll(() => dropDatabase(database));
const loaders: Loader[] = [];
afterEach(() => Promise.all(loaders.splice(0).map(({ store }) => store.close())));
beforeEach(async () => {
  await database.query(`drop table if exists readings cascade; ${DEFINITION};
    truncate sqs2pg.ledger, sqs2pg.newest`);
});

function loader(url: string, ...targets: readonly LoadTarget[]): Loader {
  const made = loaderInto({ url }, ...targets);
  loaders.push(made);
  return made;
}

/** Whoever inserts a second row waits for this lock before. */
const GATE = 4711;
const GATED = `create or replace function wait_at_second() returns trigger language plpgsql as $$
begin
  if current_setting('test.seen', true) = pg_backend_pid() || ' ' || pg_current_xact_id()
  then perform pg_advisory_xact_lock_shared(${GATE});
  else perform set_config('test.seen', pg_backend_pid() || ' ' || pg_current_xact_id(), true); end if;
  return new;
end $$;
create trigger wait_at_second before insert on readings for each row execute function wait_at_second()`;

test.each(["ignore", "update"] as const)(
  "two drains that %s the same keys need no second attempt",
  async (action) => {
    await database.query(GATED);
    const [one, other] = [loader(database.url, readings(action)), loader(database.url, readings(action))];
    const gate = await database.pool.connect();
    await gate.query("select pg_advisory_lock($1)", [GATE]);
    const keys = ["a", "b"] as const;
    const both = [
      one.load(...keys.map((key) => sentAt(1, [[key, 1, "x"]]))),
      other.load(...keys.toReversed().map((key) => sentAt(2, [[key, 1, "y"]]))),
    ];
    await until("both wait for a lock", async () => {
      const waiting = await database.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return waiting.length === 2;
    });
    await gate.query("select pg_advisory_unlock($1)", [GATE]);
    gate.release();
    const results = await Promise.all(both);
    expect(results).toMatchObject(Array(2).fill({ loaded: 2, statements: 1, error: null }));
  },
);

test("a row that row-level security does not allow is a reject, and the others are loaded", async () => {
  const role = await newRole(database);
  await database.query(`grant usage on schema sqs2pg to ${role.name}; grant all on all tables in schema sqs2pg to ${role.name};
    grant all on readings to ${role.name}; alter table readings enable row level security;
    create policy own on readings using (true) with check (device <> 'theirs')`);
  const { store, load } = loader(role.url, readings("update"));
  await store.check();
  const result = await load(...["ours", "theirs", "mine"].map((device) => sentAt(1, [[device, 1, "x"]])));
  expect(result).toMatchObject({ loaded: 2, error: null, unloaded: [] });
  expect(result.rejects).toMatchObject([
    { reject: { code: "sqlstate_42501", reason: "row-level security does not allow the row" } },
  ]);
});

test("for what row-level security refuses, the catalogue is read once and for each message alone", async () => {
  const role = await newRole(database);
  await database.query(`grant usage on schema sqs2pg to ${role.name}; grant all on all tables in schema sqs2pg to ${role.name};
    grant all on readings to ${role.name}; alter table readings enable row level security;
    create policy own on readings using (true) with check (device <> 'theirs')`);
  const connection = connect({ url: role.url, env: {} }, { poolSize: 1 });
  const store = createKnexStore(connection, {
    ...{ targets: [readings("update")], schema: "sqs2pg", clock: systemClock },
    ...{ statementTimeoutMs: 60_000, pruneForMs: 10_000 },
  });
  loaders.push({ store, load: () => expect.fail("not used") });
  let looks = 0;
  connection.knex.on("query", ({ sql }: { sql: string }) => {
    if (sql.includes("from pg_index i join pg_class x")) looks += 1;
  });
  const batch = (...devices: readonly string[]) => ({
    runId: crypto.randomUUID(),
    stamp: "2026-03-04T05:06:07.123456Z",
    messages: devices.map((device) => sentAt(1, [[device, 1, "x"]])),
  });
  const load = (...devices: readonly string[]) =>
    loadBatch(batch(...devices), { store, clock: systemClock, retryForMs: 0 });
  const many = Array.from({ length: 31 }, (_, index) => `ours ${index}`);
  expect(await load(...many, "theirs")).toMatchObject({ loaded: 31, error: null, rejects: [{}] });
  expect(looks).toBe(2);
  expect(await load("theirs", "a", "theirs")).toMatchObject({ loaded: 1, error: null, rejects: [{}, {}] });
  expect(looks).toBe(4);
  await database.query(`revoke update on readings from ${role.name}`);
  expect(await load("b", "c", "theirs")).toMatchObject({
    ...{ loaded: 0, rejects: [], unloaded: { length: 3 } },
    error: { code: "privilege_missing" },
  });
});

test("a privilege that is taken away during a run still ends it", async () => {
  const role = await newRole(database);
  await database.query(`grant usage on schema sqs2pg to ${role.name}; grant all on all tables in schema sqs2pg to ${role.name};
    grant all on readings to ${role.name}; alter table readings enable row level security;
    create policy own on readings using (true)`);
  const { load } = loader(role.url, readings("update"));
  await database.query(`revoke update on readings from ${role.name}`);
  expect(await load(sentAt(1, [["a", 1, "x"]]))).toMatchObject({
    loaded: 0,
    rejects: [],
    error: { code: "privilege_missing", message: expect.stringContaining("lacks UPDATE on readings in ") },
  });
});

test("tables whose names look alike with a dot are told apart", async () => {
  await database.query(`drop schema if exists "a.b" cascade; drop schema if exists a cascade; create schema "a.b"; create schema a;
    create table "a.b".c (like readings including all); create table a."b.c" (like readings including all)`);
  const { load } = loader(
    database.url,
    { ...readings("update"), table: { schema: "a.b", name: "c" } },
    { ...readings("update"), table: { schema: "a", name: "b.c" } },
  );
  const rows = [0, 1].map((target) => ({ target, values: ["a", 1, `${target}`] }));
  expect(await load({ ...sentAt(1, []), rows })).toMatchObject({ loaded: 1, rows: 2 });
});

test("a commit that nobody heard of counts as loaded when it is sent again, and changes nothing", async () => {
  const { store, load } = loader(database.url, readings("update"));
  const lost = { runId: crypto.randomUUID(), stamp: "2026-03-04T05:06:07.123456Z" };
  const messages = [sentAt(2, [["a", 1, "x"]]), sentAt(1, [["b", 1, "y"]])];
  await store.load({ ...lost, messages }, { isRetry: false });
  await load(sentAt(3, [["a", 1, "newer"]]));
  const again = await store.load({ ...lost, messages }, { isRetry: true });
  expect(again).toEqual({ loaded: 2, duplicates: 0, rows: 2, superseded: 0 });
  expect(await database.query("select device, value from readings order by device")).toEqual([
    { device: "a", value: "newer" },
    { device: "b", value: "y" },
  ]);
});

test("the digest of a key can be found, to be erased with the rows", async () => {
  const { load } = loader(database.url, readings("update"));
  await load(sentAt(1, [["device-7", 1767225600, "x"]]));
  expect(
    await database.query(`select message_id from sqs2pg.newest where target = 'public.readings'
      and key = sha256(convert_to(jsonb_build_array('device-7', '1767225600')::text, 'UTF8'))`),
  ).toHaveLength(1);
});

test.each([
  ["g", "18849496460467696128", { turn: { group: "g", sequence: "18849496460467696128" } }],
  ["g", undefined, {}],
  [undefined, "18849496460467696128", {}],
  ["g", "not-a-number", {}],
  ["g", "9".repeat(101), {}],
])("in group %s the sequence number %s", (groupId, sequenceNumber, age) => {
  expect(ageOf({ sentAtMs: 7, groupId, sequenceNumber } as Message)).toEqual({ sentAtMs: 7, ...age });
});
