import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/clock.js";
import { loadBatch } from "../../../src/loader/load-batch.js";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import type { LoadMessage, Store } from "../../../src/loader/store.js";
import type { LoadTarget } from "../../../src/loader/target.js";
import { createColumnMask, keyringOf, parseKey } from "../../../src/masking/index.js";
import type { Value } from "../../../src/row.js";
import { KEY } from "../../support/bench.js";
import { useDatabase } from "../../support/database.js";
import { loginStore } from "./login-store.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});
const mail = { strategy: "token", domain: "mail" } as const;
const mask = createColumnMask(mail, keyringOf(parseKey(KEY)));
const targets: readonly LoadTarget[] = [
  {
    table: { schema: "shop", name: "orders" },
    columns: [
      { name: "id", type: { name: "integer" } },
      { name: "buyer", type: { name: "text" }, mask: mail },
    ],
  },
  {
    table: { schema: "shop", name: "items" },
    columns: [
      { name: "order_id", type: { name: "integer" } },
      { name: "sku", type: { name: "text" } },
      { name: "seller", type: { name: "text" }, mask: mail },
    ],
  },
];
let store: Store;

beforeEach(async () => {
  await database.query("truncate sqs2pg.ledger, sqs2pg.tokens; drop schema if exists shop cascade");
  await database.query(`create schema shop;
    create table shop.orders (id integer primary key, buyer text);
    create table shop.items (order_id integer references shop.orders, sku text check (sku <> 'bad'), seller text)`);
  store = loginStore(database, { targets });
});
afterEach(() => store.close());

/** An order with the items that its message holds. */
function order(id: number, ...skus: readonly string[]): LoadMessage {
  const row = (target: number, ...values: Value[]) => ({ target, values });
  const items = skus.map((sku) => row(1, id, sku, mask("ann@example.com")));
  return {
    messageId: randomUUID(),
    sentAtMs: 0,
    receiveCount: 1,
    // The items first: what they refer to goes in by the same statement.
    rows: [...items, row(0, id, mask("bob@example.com"))],
  };
}

const load = (messages: readonly LoadMessage[]) =>
  loadBatch(
    { runId: randomUUID(), stamp: new Date().toISOString(), messages },
    { store, clock: systemClock, retryForMs: 0 },
  );
const loaded = () =>
  database.query(
    "select id, array_agg(sku order by items.ctid) as skus from shop.orders left join shop.items on id = order_id group by id order by id",
  );

test("a message's rows go into the tables that they are for, each message once", async () => {
  await store.check();
  const [first, second] = [order(1, "a", "b"), order(2)];
  expect(await load([first, second])).toMatchObject({ loaded: 2, duplicates: 0 });
  const third = order(3, "c");
  expect(await load([third, first, second, third])).toMatchObject({ loaded: 1, duplicates: 3 });
  expect(await loaded()).toEqual([
    { id: 1, skus: ["a", "b"] },
    { id: 2, skus: [null] },
    { id: 3, skus: ["c"] },
  ]);
  expect(await database.query("select count(*)::integer as ledger from sqs2pg.ledger")).toEqual([
    { ledger: 3 },
  ]);
});

test("tables share the tokens of a domain", async () => {
  await load([order(1, "a"), order(2, "b", "c")]);
  const tokens = await database.query(`select count(distinct buyer)::integer as buyers,
    count(distinct seller)::integer as sellers, (select count(*)::integer from sqs2pg.tokens) as kept
    from shop.orders, shop.items`);
  expect(tokens).toEqual([{ buyers: 1, sellers: 1, kept: 2 }]);
});

test("one bad row keeps all rows of its message out, and nobody else's", async () => {
  const orders = Array.from({ length: 9 }, (_, index) => order(index, "a", index === 4 ? "bad" : "b"));
  const result = await load(orders);
  expect(result).toMatchObject({ loaded: 8, error: null });
  expect(result.rejects).toMatchObject([
    { messageId: orders[4]?.messageId, reject: { stage: "load", code: "sqlstate_23514" } },
  ]);
  expect((await loaded()).map(({ id }) => id)).toEqual([0, 1, 2, 3, 5, 6, 7, 8]);
});
