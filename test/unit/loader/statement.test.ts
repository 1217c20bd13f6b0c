import { expect, test } from "vitest";
import { quoteIdentifier } from "../../../src/loader/identifier.js";
import { createLoadStatement } from "../../../src/loader/statement.js";

const statement = createLoadStatement(
  { schema: "Raw", name: "order" },
  [
    { name: "User", type: { name: "varchar", length: 3 } },
    { name: "message_id", type: { name: "text" } },
    { name: "n", type: { name: "bigint" } },
  ],
  "sqs2pg",
);

test("names are quoted, and texts keep their length until they meet the column", () => {
  expect(statement.sql).toContain(`insert into "Raw"."order" ("User", "message_id", "n")`);
  expect(statement.sql).toContain("unnest(?::uuid[], ?::text[], ?::text[], ?::bigint[])");
  expect(statement.sql).not.toContain("varchar");
});

test("the ledger is filled in the order of the ids", () => {
  expect(statement.sql).toMatch(
    /insert into "sqs2pg"."ledger"[^)]*\)\s*select [^)]*order by message_id\s*on conflict do nothing/,
  );
});

test("bindings are one array a column, then the run and the stamp", () => {
  const rows = [
    { messageId: "a", values: ["x", "y", "1"] },
    { messageId: "b", values: [null, "z", 2] },
  ];
  expect(statement.bindings({ runId: "r", stamp: "s", rows })).toEqual([
    ["a", "b"],
    ["x", null],
    ["y", "z"],
    ["1", 2],
    "r",
    "s",
  ]);
});

test("quotes and question marks in a name are escaped", () => {
  expect(quoteIdentifier('a"b?c')).toBe('"a""b\\?c"');
});
