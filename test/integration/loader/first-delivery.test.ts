import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/clock.js";
import { type Connection, connect } from "../../../src/loader/connection.js";
import { createFirstStatement } from "../../../src/loader/first-statement.js";
import { createKnexStore } from "../../../src/loader/knex-store.js";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import type { LoadSource } from "../../../src/loader/statement.js";
import type { TargetStore } from "../../../src/loader/store.js";
import type { LoadTarget, TargetColumn } from "../../../src/loader/target.js";
import { useDatabase } from "../../support/database.js";
import { until } from "../../support/until.js";
import { ann, batchOf, bob, handedOut, loginColumns, messageOf } from "./login-store.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});
const logins: LoadTarget = { table: { name: "user_logins" }, columns: loginColumns };
const once = { isRetry: false };
let connection: Connection;
let store: TargetStore;

beforeEach(async () => {
  await database.query("truncate user_logins, sqs2pg.ledger");
  connection = connect({ url: database.url, env: {} }, { poolSize: 1 });
  store = storeOf([logins]);
});
afterEach(() => connection.close());

function storeOf(
  targets: readonly LoadTarget[],
  source: LoadSource = "queue",
  over: Connection = connection,
): TargetStore {
  const settings = { schema: "sqs2pg", clock: systemClock, statementTimeoutMs: 60_000, pruneForMs: 10_000 };
  return createKnexStore(over, { ...settings, targets }, source);
}

/** How often each way of loading was run in the only session: with the ledger asked, and without. */
async function runs(): Promise<{ asked: number; unasked: number }> {
  const { rows } = await connection.knex.raw(
    `select coalesce(sum(generic_plans + custom_plans) filter (where statement like '%on conflict%'), 0)::integer as asked,
       coalesce(sum(generic_plans + custom_plans) filter (where statement not like '%on conflict%'), 0)::integer as unasked
     from pg_prepared_statements`,
  );
  return rows[0];
}

const users = async (): Promise<unknown[]> =>
  (await database.query("select user_id from user_logins order by 1")).map((row) => row["user_id"]);

test("what is handed out for the first time goes in without a look at the ledger, and into it", async () => {
  expect(await store.load(batchOf(ann, bob), once)).toEqual({
    ...{ loaded: 2, duplicates: 0, rows: 2, superseded: 0 },
  });
  expect(await users()).toEqual(["ann", "bob"]);
  expect(await database.query("select from sqs2pg.ledger")).toHaveLength(2);
  expect(await runs()).toEqual({ asked: 0, unasked: 1 });
});

test("of a batch with one message that was handed out before the ledger is asked", async () => {
  const batch = batchOf(ann, bob);
  await store.load({ ...batch, messages: batch.messages.slice(1) }, once);
  const again = handedOut(batch, 2).messages.slice(1);
  expect(
    await store.load({ ...batch, messages: [...batch.messages.slice(0, 1), ...again] }, once),
  ).toMatchObject({
    loaded: 1,
    duplicates: 1,
  });
  expect(await runs()).toEqual({ asked: 1, unasked: 1 });
  await store.load(batchOf(ann), once);
  expect(await runs()).toEqual({ asked: 1, unasked: 2 });
});

test("a known message that is said to be new is a duplicate, and the ledger is asked from then on", async () => {
  const [known, others] = [batchOf(ann), batchOf(bob, ["carl", null, null, null])];
  await store.load(known, once);
  const mixed = { ...others, messages: [...others.messages, ...known.messages] };
  expect(await store.load(mixed, once)).toMatchObject({ loaded: 2, duplicates: 1 });
  expect(await users()).toEqual(["ann", "bob", "carl"]);
  expect(await database.query("select from sqs2pg.ledger")).toHaveLength(3);
  expect(await runs()).toEqual({ asked: 1, unasked: 2 });
  expect(await store.load(known, once)).toMatchObject({ loaded: 0, duplicates: 1 });
  expect(await runs()).toEqual({ asked: 2, unasked: 2 });
});

test("a retry asks what the attempt before it has committed", async () => {
  const batch = batchOf(ann, bob);
  await store.load(batch, once);
  expect(await store.load(batch, { isRetry: true })).toMatchObject({ loaded: 2, duplicates: 0 });
  expect(await runs()).toEqual({ asked: 1, unasked: 1 });
});

test("two that share messages in opposite orders wait for each other and load each once", async () => {
  const other = connect({ url: database.url, env: {} }, { poolSize: 1 });
  const third = await database.pool.connect();
  try {
    const batch = batchOf(...Array.from({ length: 200 }, (_, index) => [`user${index}`, null, null, null]));
    const ordered = batch.messages.toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1));
    // Both have half of their entries, and wait; then the one that goes on first must not need what the other has.
    await third.query("begin");
    await third.query("insert into sqs2pg.ledger (message_id, run_id, loaded_at) values ($1, $1, now())", [
      ordered[100]?.messageId,
    ]);
    const loads = Promise.all([
      store.load({ ...batch, messages: ordered }, once),
      storeOf([logins], "queue", other).load({ ...batch, messages: ordered.toReversed() }, once),
    ]);
    const waiting =
      "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    await until("both wait", async () => (await database.query(waiting)).length === 2);
    await third.query("rollback");
    expect((await loads).map(({ loaded }) => loaded).toSorted((a, b) => a - b)).toEqual([0, 200]);
  } finally {
    third.release();
    await other.close();
  }
  expect(await users()).toHaveLength(200);
});

test("what the ledger knows is no reject, whatever its key is called by now", async () => {
  const batch = batchOf(ann);
  await store.load(batch, once);
  await database.query("alter index sqs2pg.ledger_pkey rename to ledger_pkey_ccold");
  try {
    expect(await store.load(batch, once)).toMatchObject({ loaded: 0, duplicates: 1 });
  } finally {
    await database.query("alter index sqs2pg.ledger_pkey_ccold rename to ledger_pkey");
  }
});

test("a unique key of the table that bears the name of the ledger's refuses its row", async () => {
  await database.query("alter table user_logins add constraint ledger_pkey unique (user_id)");
  try {
    await store.load(batchOf(ann), once);
    await expect(store.load(batchOf(ann), once)).rejects.toMatchObject({
      ...{ class: "data", sqlState: "23505", constraint: "ledger_pkey" },
    });
    expect(await users()).toEqual(["ann"]);
    expect(await runs()).toEqual({ asked: 0, unasked: 2 });
  } finally {
    await database.query("alter table user_logins drop constraint ledger_pkey");
  }
});

test("an attempt that the ledger refuses has not touched the table", async () => {
  await database.query(
    "create sequence seen; alter table user_logins alter locale set default nextval('seen')::text",
  );
  const userId = loginColumns.slice(0, 1);
  const counting = storeOf([{ ...logins, columns: userId }]);
  await database.query("alter table user_logins alter create_date drop not null");
  const known = batchOf(["ann"]);
  await counting.load(known, once);
  await counting.load({ ...known, messages: [...batchOf(["bob"]).messages, ...known.messages] }, once);
  expect(await database.query("select user_id, locale from user_logins order by locale")).toEqual([
    { user_id: "ann", locale: "1" },
    { user_id: "bob", locale: "2" },
  ]);
  await database.query(`truncate user_logins; alter table user_logins alter locale drop default;
    alter table user_logins alter create_date set not null; drop sequence seen`);
});

test("rows of several tables, with what they refer to, arrays and constants", async () => {
  await database.query(`create table parents (id integer primary key, source text);
    create table children (place serial, parent integer references parents, tags integer[])`);
  const parents: LoadTarget = {
    table: { name: "parents" },
    columns: [{ name: "id", type: { name: "integer" } }],
    constants: [{ name: "source", text: "it's ?" }],
  };
  const children: LoadTarget = {
    table: { name: "children" },
    columns: [
      { name: "parent", type: { name: "integer" } },
      { name: "tags", type: { name: "array", element: { name: "integer" } } },
    ],
  };
  const family = (id: number, ...tags: (string | null)[]) => ({
    ...messageOf([]),
    rows: [...tags.map((text) => ({ target: 0, values: [id, text] })), { target: 1, values: [id] }],
  });
  const batch = { ...batchOf(), messages: [family(7, "{1,2}", null), family(8), family(9, "{}")] };
  expect(await storeOf([children, parents]).load(batch, once)).toMatchObject({ loaded: 3, rows: 6 });
  expect(await database.query("select id, source from parents order by id")).toEqual(
    [7, 8, 9].map((id) => ({ id, source: "it's ?" })),
  );
  expect(await database.query("select parent, tags from children order by place")).toEqual([
    { parent: 7, tags: [1, 2] },
    { parent: 7, tags: null },
    { parent: 9, tags: [] },
  ]);
  await database.query("drop table children, parents");
});

test("sealed rejects are loaded by what asks", async () => {
  await storeOf([logins], "quarantine").load(batchOf(ann), once);
  expect(await users()).toEqual([]);
});

test("rows that may give way, hold tokens or have nothing but constants are loaded by what asks", () => {
  const [userId = { name: "", type: { name: "text" } }, ...others] = loginColumns;
  const token: TargetColumn = { ...userId, mask: { strategy: "token", domain: "user" } };
  const unfit: readonly LoadTarget[] = [
    { ...logins, conflict: { key: ["user_id"], action: "ignore" } },
    { ...logins, columns: [token, ...others] },
    { ...logins, columns: [], constants: [{ name: "locale", text: "RU" }] },
  ];
  for (const target of unfit) expect(createFirstStatement([logins, target], "sqs2pg")).toBeUndefined();
  expect(createFirstStatement([logins, logins], "sqs2pg")).toBeDefined();
});
