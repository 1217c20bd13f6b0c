import { expect, test } from "vitest";
import { createFirstStatement } from "../../../src/loader/first-statement.js";
import { quoteIdentifier } from "../../../src/loader/identifier.js";
import { createLoadStatement } from "../../../src/loader/statement.js";
import type { LoadTarget } from "../../../src/loader/target.js";
import type { Row, Value } from "../../../src/row.js";

const targets: readonly LoadTarget[] = [
  {
    table: { schema: "Raw", name: "order" },
    columns: [
      { name: "User", type: { name: "varchar", length: 3 } },
      { name: "message_id", type: { name: "text" } },
      { name: "n", type: { name: "bigint" } },
    ],
  },
  { table: { name: "items" }, columns: [{ name: "place", type: { name: "smallint" } }] },
];
const statement = createLoadStatement(targets, "sqs2pg");
const first = createFirstStatement(targets, "sqs2pg");

const row = (target: number, ...values: Value[]): Row => ({ target, values });

const a = {
  messageId: "a",
  sentAtMs: 1,
  receiveCount: 1,
  rows: [row(0, "x", "y", "1"), row(1, 7), row(1, 8)],
};
const b = { messageId: "b", sentAtMs: 2, receiveCount: 1, rows: [row(0, null, "z", 2)] };

test("names are quoted, and texts keep their length until they meet the column", () => {
  expect(statement.sql).toContain(`insert into "Raw"."order" ("User", "message_id", "n")`);
  expect(statement.sql).toContain("unnest(?::uuid[], ?::text[], ?::text[], ?::bigint[])");
  expect(statement.sql).not.toContain("varchar");
  expect(statement.sql).toContain(`insert into "items" ("place")`);
});

test("the ledger is filled in the order of the ids", () => {
  const ordered = /insert into "sqs2pg"."ledger"[^)]*\)\s*select .*? order by message_id\s*/s.source;
  expect(statement.sql).toMatch(new RegExp(`${ordered}on conflict do nothing`));
  expect(first?.sql).toMatch(new RegExp(`${ordered}returning 1`));
});

test("bindings are one array a column for each table, then the run and the stamp", () => {
  expect(statement.bindings({ runId: "r", stamp: "s", messages: [a, b, a] })).toEqual([
    '{"a","b"}',
    '{"x",NULL}',
    '{"y","z"}',
    '{"1",2}',
    '{"a","a"}',
    "{7,8}",
    "r",
    "s",
  ]);
});

test("those of a first delivery are the run, the stamp and the ids, then for each table its constants and one array a column", () => {
  const [order, items] = targets;
  const withConstants = [
    { ...order, constants: [{ name: "site", text: "x" }] },
    items,
  ] as readonly LoadTarget[];
  const built = createFirstStatement(withConstants, "sqs2pg");
  expect(built?.bindings({ runId: "r", stamp: "s", messages: [a, b, a] })).toEqual([
    ...["r", "s", '{"a","b"}'],
    ...["x", '{"x",NULL}', '{"y","z"}', '{"1",2}'],
    "{7,8}",
  ]);
  expect([first?.keepsPlan, built?.keepsPlan]).toEqual([true, false]);
});

test("quotes and question marks in a name are escaped", () => {
  expect(quoteIdentifier('a"b?c')).toBe('"a""b\\?c"');
});
