import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/clock.js";
import { type Connection, connect } from "../../../src/loader/connection.js";
import { createKnexStore } from "../../../src/loader/knex-store.js";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import { createLoadStatement, type LoadSource } from "../../../src/loader/statement.js";
import type { TargetStore } from "../../../src/loader/store.js";
import type { LoadTarget } from "../../../src/loader/target.js";
import { useDatabase } from "../../support/database.js";
import { ann, batchOf, bob, handedOut, loginColumns } from "./login-store.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});
let connection: Connection;

beforeEach(async () => {
  await database.query("truncate user_logins, sqs2pg.ledger");
  connection = connect({ url: database.url, env: {} }, { poolSize: 1 });
});
afterEach(() => connection.close());

const logins: LoadTarget = { table: { name: "user_logins" }, columns: loginColumns };
const once = { isRetry: false };

function storeOf(target = logins, source: LoadSource = "queue"): TargetStore {
  return createKnexStore(
    connection,
    {
      ...{ targets: [target], schema: "sqs2pg", clock: systemClock },
      ...{ statementTimeoutMs: 60_000, pruneForMs: 10_000 },
    },
    source,
  );
}

/** How often each prepared statement of the only session was run, and planned anew for it. */
async function prepared(): Promise<{ runs: number; planned: number }[]> {
  const { rows } = await connection.knex.raw(
    "select (generic_plans + custom_plans)::integer as runs, custom_plans::integer as planned from pg_prepared_statements",
  );
  return rows;
}

test.each([1, 2])(
  "batches that are handed out %i times are loaded by one prepared statement, which is planned no more after the first few",
  async (receiveCount) => {
    const store = storeOf();
    for (let batch = 0; batch < 12; batch += 1) {
      await store.load(handedOut(batchOf(ann, bob), receiveCount), once);
    }
    expect(await prepared()).toEqual([{ runs: 12, planned: 5 }]);
  },
);

test("the same statement has the same name, another one another", async () => {
  await storeOf().load(batchOf(ann), once);
  await storeOf().load(batchOf(ann), once);
  expect(await prepared()).toMatchObject([{ runs: 2 }]);
  const [, ...fewer] = loginColumns;
  await database.query("alter table user_logins alter user_id drop not null");
  await storeOf({ ...logins, columns: fewer }).load(batchOf(ann.slice(1)), once);
  await database.query("delete from user_logins; alter table user_logins alter user_id set not null");
  expect(await prepared()).toHaveLength(2);
});

test("a row that is refused leaves the statement as it was", async () => {
  const store = storeOf();
  const tooLong = batchOf(["x".repeat(129), null, null, null]);
  await expect(store.load(tooLong, once)).rejects.toMatchObject({ class: "data" });
  expect(await store.load(batchOf(ann), once)).toMatchObject({ loaded: 1 });
  await expect(store.load(tooLong, once)).rejects.toMatchObject({ class: "data" });
  expect(await prepared()).toMatchObject([{ runs: 3 }]);
});

async function expectGoesOn(store: TargetStore, receiveCount: number): Promise<void> {
  const batch = handedOut(batchOf(ann, bob), receiveCount);
  const before = await prepared();
  expect(await store.load(batch, once)).toMatchObject({ loaded: 2, duplicates: 0 });
  expect(await prepared()).toEqual(before);
  expect(await store.load(batch, once)).toMatchObject({ loaded: 0, duplicates: 2 });
  expect(await database.query("select from user_logins where user_id in ('ann', 'bob')")).toHaveLength(2);
}

describe.each([1, 2])("handed out %i times:", (receiveCount) => {
  const carl = handedOut(batchOf(["carl", null, null, null]), receiveCount);

  test("in a session that does not know the name, as poolers hand them out, it goes on without", async () => {
    const store = storeOf();
    await store.load(carl, once);
    await connection.knex.raw("deallocate all");
    await expectGoesOn(store, receiveCount);
  });

  test("in a session that another client gave the name in, it goes on without", async () => {
    await storeOf().load(carl, once);
    const { rows } = await connection.knex.raw("select name from pg_prepared_statements");
    await connection.close();
    connection = connect({ url: database.url, env: {} }, { poolSize: 1 });
    await connection.knex.raw(`prepare ${rows[0].name} as select 1`);
    await expectGoesOn(storeOf(), receiveCount);
  });
});

test("rows that update others are loaded by a prepared statement, too", async () => {
  await database.query("create unique index only_one on user_logins (user_id)");
  const store = storeOf({ ...logins, conflict: { key: ["user_id"], action: "update" } });
  for (let batch = 0; batch < 8; batch += 1) {
    expect(await store.load(batchOf(ann, bob), once)).toMatchObject({ loaded: 2 });
  }
  await database.query("drop index only_one");
  expect(await prepared()).toMatchObject([{ runs: 8 }]);
  expect(await database.query("select from user_logins")).toHaveLength(2);
});

test("a constant takes the type that its column has by now, and so is not prepared", async () => {
  await database.query("create table sites (user_id text, site text)");
  const [userId] = loginColumns;
  const store = storeOf({
    table: { name: "sites" },
    columns: userId === undefined ? [] : [userId],
    constants: [{ name: "site", text: "7" }],
  });
  await store.load(batchOf(["ann"]), once);
  await database.query("alter table sites alter site type integer using site::integer");
  expect(await store.load(batchOf(["bob"]), once)).toMatchObject({ loaded: 1 });
  expect(await database.query("select site from sites")).toEqual([{ site: 7 }, { site: 7 }]);
  expect(await prepared()).toEqual([]);
  await database.query("drop table sites");
});

test("what reads rejects, which grow, is planned for each batch", async () => {
  await storeOf(logins, "quarantine").load(batchOf(ann), once);
  expect(await prepared()).toEqual([]);
});

test("nor does what reads the vault keep its plan", () => {
  const [userId, ...others] = loginColumns;
  const tokenColumn = { ...userId, mask: { strategy: "token", domain: "user" } } as LoadTarget["columns"][0];
  const tokens = { ...logins, columns: [tokenColumn, ...others] };
  expect(createLoadStatement([tokens], "sqs2pg").keepsPlan).toBe(false);
});
