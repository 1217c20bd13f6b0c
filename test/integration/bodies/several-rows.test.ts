import { describe, expect } from "vitest";
import { runCli } from "../../support/cli.js";
import type { TestDatabase } from "../../support/database.js";
import { gzipBase64, snsNotification } from "../../support/wrapped-bodies.js";
import { test } from "./bench.js";

const PIPELINES = `
pipelines:
  orders:
    table: orders
    envelope: auto
    encoding: gzip+base64
    match: { "$attributes.kind": order }
    columns:
      id: { from: id, type: text, required: true }
      topic: { from: $envelope.TopicArn, type: text }
  order_items:
    table: order_items
    envelope: auto
    encoding: gzip+base64
    records: items
    match: { "$attributes.kind": order, type: goods }
    columns:
      order_id: { from: $.id, type: text, required: true }
      sku: { from: sku, type: varchar(8), required: true }
      buyer: { from: $.buyer.mail, type: varchar(64), mask: hmac-sha256 }
  fees:
    table: fees
    envelope: auto
    encoding: gzip+base64
    records: items
    match: { "$attributes.kind": order, type: fee }
    columns:
      order_id: { from: $.id, type: text, required: true }
`;

const ORDER_ATTRIBUTES = { kind: { Type: "String", Value: "order" } };

function orderBody(order: unknown, attributes = ORDER_ATTRIBUTES): string {
  return snsNotification(gzipBase64(JSON.stringify(order)), attributes);
}

async function createTables(database: TestDatabase): Promise<void> {
  await database.query("create table orders (id text, topic text)");
  await database.query("create table order_items (order_id text, sku varchar(8), buyer varchar(64))");
  await database.query("create table fees (order_id text)");
}

const order = (id: string, ...skus: readonly string[]) => ({
  id,
  buyer: { mail: "canary-7734@example.com" },
  items: [...skus.map((sku) => ({ type: "goods", sku })), { type: "fee" }],
});

describe.concurrent("a message that becomes several rows in several tables", () => {
  test("is loaded as a whole, or rejected as a whole with the place that is wrong", async ({
    queue,
    database,
    config,
    drainWith,
  }) => {
    await createTables(database);
    const path = await config(PIPELINES);
    const [, long, lost, foreign] = queue.send([
      orderBody(order("o1", "a", "b")),
      orderBody(order("o2", "a", "much too long")),
      orderBody({ ...order("o3", "a"), items: [{ type: "goods", sku: "a" }, { type: "gift" }] }),
      orderBody(order("o4", "a"), { kind: { Type: "String", Value: "invoice" } }),
      orderBody([order("o5", "c"), order("o6", "d", "e")]),
    ]);

    const { exitCode, report, stderr } = await drainWith(path, ["--log-level", "debug"]);

    expect(exitCode).toBe(3);
    expect(report).toMatchObject({
      table: "orders, order_items, fees",
      received: 5,
      loaded: 2,
      rejected: 3,
      deleted: 2,
    });
    expect(report.rejects).toEqual(
      expect.arrayContaining([
        { code: "too_long", field: "items[1].sku", count: 1, example_message_id: long?.messageId },
        { code: "no_match", field: "items[1]", count: 1, example_message_id: lost?.messageId },
        { code: "no_match", field: null, count: 1, example_message_id: foreign?.messageId },
      ]),
    );
    const topic = "arn:aws:sns:eu-west-1:123456789012:orders";
    expect(await database.query("select id, topic from orders order by id")).toEqual([
      { id: "o1", topic },
      { id: "o5", topic },
      { id: "o6", topic },
    ]);
    expect(await database.query("select order_id, sku from order_items order by order_id, sku")).toEqual([
      { order_id: "o1", sku: "a" },
      { order_id: "o1", sku: "b" },
      { order_id: "o5", sku: "c" },
      { order_id: "o6", sku: "d" },
      { order_id: "o6", sku: "e" },
    ]);
    expect(await database.query("select order_id from fees order by 1")).toHaveLength(3);
    expect(await database.query("select message_id from sqs2pg.ledger")).toHaveLength(2);
    const rejects = await database.query("select shape from sqs2pg.rejects where code = 'too_long'");
    expect(rejects).toEqual([
      {
        shape: {
          id: "string(2)",
          buyer: { mail: "string(23)" },
          items: [
            { type: "string(5)", sku: "string(1)" },
            { type: "string(5)", sku: "string(13)" },
            { type: "string(3)" },
          ],
        },
      },
    ]);
    const written = JSON.stringify([report, stderr, await database.query("select * from sqs2pg.rejects")]);
    expect(written).not.toContain("canary-7734");
    expect(written).not.toContain("much too long");
  });

  test("what the database refuses of one table is loaded into none", async ({
    queue,
    database,
    config,
    drainWith,
    replayWith,
  }) => {
    await createTables(database);
    await database.query("alter table order_items add constraint no_b check (sku <> 'b')");
    const path = await config(PIPELINES);
    queue.send([orderBody(order("o1", "a")), orderBody(order("o2", "a", "b")), orderBody(order("o3", "c"))]);
    const { report } = await drainWith(path, ["--on-reject", "quarantine"]);
    expect(report).toMatchObject({ loaded: 2, rejected: 1, deleted: 3 });
    expect(report.rejects).toMatchObject([{ code: "sqlstate_23514", field: "no_b" }]);
    expect(await database.query("select id from orders order by 1")).toEqual([{ id: "o1" }, { id: "o3" }]);
    expect(await database.query("select shape->'items'->1 as item from sqs2pg.rejects")).toEqual([
      { item: { type: "string(5)", sku: "string(1)" } },
    ]);

    await database.query("alter table order_items drop constraint no_b");
    expect(await replayWith(path)).toMatchObject({ read: 1, loaded: 1, rejected: 0 });
    expect(await database.query("select order_id, sku from order_items where order_id = 'o2'")).toHaveLength(
      2,
    );
  });

  test("is shown by peek with its tables", async ({ queue, queueEnv, config, peekWith }) => {
    const path = await config(PIPELINES);
    queue.send([orderBody(order("o1", "a", "b"))]);
    const { targets, messages } = await peekWith(path);
    expect(targets.map(({ table }) => table)).toEqual(["orders", "order_items", "fees"]);
    expect(messages).toMatchObject([
      {
        row: null,
        reject: null,
        rows: [
          { target: 0, table: "orders", row: { id: "o1" } },
          { target: 1, table: "order_items", row: { order_id: "o1", sku: "a" } },
          { target: 1, table: "order_items", row: { order_id: "o1", sku: "b" } },
          { target: 2, table: "fees", row: { order_id: "o1" } },
        ],
      },
    ]);
    const { stdout } = await runCli(["peek", "--config", path], { env: queueEnv });
    expect(stdout).toContain("1 message as a row of orders\n");
    expect(stdout).toContain("1 message as 2 rows of order_items\n");
    expect(stdout).not.toContain("canary-7734");
  });
});

describe.concurrent("a FIFO queue", () => {
  const LINES = `
table: lines
records: lines
columns:
  at: { from: at, type: integer, required: true }
  text: { from: text, type: text, required: true }
`;

  test("keeps the order of a group, and a message that fails holds the others of it back", async ({
    sqs,
    database,
    config,
    drainWith,
  }) => {
    await database.query("create table lines (position serial, at integer, text text)");
    const queue = sqs.createQueue("lines.fifo");
    const path = await config(`queue: ${queue.name}\n${LINES}`);
    const message = (at: number, ...texts: readonly unknown[]) =>
      JSON.stringify({ lines: texts.map((text) => ({ at, text })) });
    queue.send([message(1, "a", "b"), message(2, "c"), message(3, "d", 7), message(4, "e")], {
      groupId: "one",
    });
    queue.send([message(5, "f"), message(6, "g", "h")], { groupId: "two" });

    const { report } = await drainWith(path, ["--queue", queue.name, "--max", "5"]);

    expect(report).toMatchObject({ received: 5, loaded: 4, rejected: 1 });
    expect(report.rejects).toMatchObject([{ code: "wrong_type", field: "lines[1].text" }]);
    const loaded = await database.query<{ at: number; text: string }>(
      "select at, text from lines order by position",
    );
    const ofGroup = (numbers: readonly number[]): string =>
      loaded.flatMap(({ at, text }) => (numbers.includes(at) ? text : [])).join("");
    expect(ofGroup([1, 2, 3, 4])).toBe("abc");
    expect(ofGroup([5, 6])).toBe("fgh");
    expect(queue.messageIds()).toHaveLength(2);
  });
});
