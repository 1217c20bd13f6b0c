import { describe, expect, test } from "vitest";
import { lackingOnTable } from "../../../../src/loader/target-check/check-privileges.js";
import { tableProblems } from "../../../../src/loader/target-check/check-table.js";
import type { ColumnFacts, TableFacts } from "../../../../src/loader/target-check/facts.js";
import { targetError } from "../../../../src/loader/target-check/target-problems.js";
import { columnOf, tableOf, targetOf, typeOf, varcharOf } from "./facts.js";

const around = { target: "db:5432/shop", user: "loader", timeZone: "UTC" };
type Settings = Readonly<Record<string, unknown>>;

/** The codes of what is wrong with a column `a` of a table that has only this one. */
function codes(
  settings: Settings,
  facts: Partial<ColumnFacts> = {},
  table: Partial<TableFacts> = {},
): string[] {
  const found = tableOf([columnOf("a", typeOf("text"), facts)], table);
  return tableProblems(targetOf({ a: settings }), found, around).map(({ code }) => code);
}

describe("NULL", () => {
  const notNull = { notNull: true };

  test.each<[string, Settings]>([
    ["nothing said", {}],
    ["required: false", { required: false }],
    ["what FIFO queues alone have", { from: "$group_id" }],
    ["an attribute", { from: "$attributes.colour" }],
    ["a default, and NULL for what does not fit", { default: "x", on_error: "null" }],
    ["a mask that drops the value", { required: true, mask: "null" }],
    [
      "a mask that drops what it cannot mask",
      { required: true, mask: { strategy: "ip-prefix", on_invalid: "null" } },
    ],
  ])("may come from %s", (_name, settings) => {
    expect(codes(settings, notNull)).toEqual(["column_not_null"]);
    expect(codes(settings, notNull, { hasRowTrigger: true })).toEqual([]);
    expect(codes(settings)).toEqual([]);
  });

  test.each<[string, Settings]>([
    ["what is required", { required: true }],
    ["a default", { default: "x" }],
    ["what every message has", { from: "$queue" }],
    ["a mask of what is required", { required: true, mask: "hmac-sha256" }],
  ])("never comes from %s", (_name, settings) => {
    expect(codes(settings, notNull)).toEqual([]);
  });

  test("is left to whoever says nothing of it", () => {
    const target = { table: { name: "t" }, columns: [{ name: "a", type: { name: "text" } }] } as const;
    expect(tableProblems(target, tableOf([columnOf("a", typeOf("text"), notNull)]), around)).toEqual([]);
  });

  test.each<[string, Partial<ColumnFacts>, string[]]>([
    ["nothing", {}, ["column_not_filled"]],
    ["a default", { hasDefault: true }, []],
    ["being generated", { isGenerated: true }, []],
    ["being nullable", { notNull: false }, []],
  ])("a column that the pipeline does not fill, with %s", (_name, facts, expected) => {
    const more = columnOf("b", typeOf("text"), { notNull: true, ...facts });
    const found = tableOf([columnOf("a", typeOf("text")), more]);
    expect(tableProblems(targetOf({ a: {} }), found, around).map(({ code }) => code)).toEqual(expected);
    expect(tableProblems(targetOf({ a: {} }), { ...found, hasRowTrigger: true }, around)).toEqual([]);
  });
});

describe("the width of what is masked", () => {
  test.each<[string, Settings, number, string[]]>([
    ["its own length tells nothing", { type: "varchar(256)", mask: "hmac-sha256" }, 64, []],
    ["the mask's output tells", { type: "varchar(256)", mask: "hmac-sha256" }, 63, ["mask_too_wide"]],
    ["where the value tells, text is let through", { mask: "partial" }, 3, []],
    ["and a length is held to", { type: "varchar(4)", mask: "partial" }, 3, ["column_too_narrow"]],
  ])("%s", (_name, settings, length, expected) => {
    expect(codes(settings, { type: varcharOf(length) })).toEqual(expected);
  });

  test("a mismatch names the type that the pipeline says", () => {
    const found = tableOf([columnOf("a", typeOf("uuid"))]);
    const [problem] = tableProblems(targetOf({ a: { mask: "hmac-sha256" } }), found, around);
    expect(problem?.message).toContain("is of type uuid, and the pipeline says text: write uuid in");
  });
});

test("a table that takes no rows says nothing of its columns", () => {
  const misfit = { type: typeOf("uuid") };
  expect(codes({}, misfit)).toEqual(["column_type_mismatch"]);
  expect(codes({}, misfit, { kind: "view", takesRows: false })).toEqual(["target_read_only"]);
  expect(codes({}, misfit, { kind: "other", kindText: "an index" })).toEqual(["target_not_a_table"]);
});

test.each([
  [{ isRowSecured: true }, ["policy_missing"]],
  [{ isRowSecured: true, hasInsertPolicy: true }, []],
  [{ hasInsertPolicy: false }, []],
  [{ kind: "partitioned table", hasPartition: false }, ["partition_missing"]],
] as const)("a table with %j", (table, expected) => {
  expect(codes({}, {}, table)).toEqual(expected);
});

test("privileges are asked for what is written, and for sequences behind what is not", () => {
  const columns = [
    columnOf("a", typeOf("text"), { insertable: false, closedSequence: "shop.a_seq" }),
    columnOf("b", typeOf("text")),
    columnOf("c", typeOf("text"), { insertable: false, closedSequence: "shop.c_seq" }),
  ];
  const target = targetOf({ a: {}, b: {} });
  expect(lackingOnTable(target, tableOf(columns, { isReachable: false }))).toEqual([
    "USAGE on schema shop",
    "INSERT on shop.t (a)",
    "USAGE on sequence shop.c_seq",
  ]);
  expect(lackingOnTable(targetOf({ a: {} }), tableOf(columns.slice(0, 1)))).toEqual(["INSERT on shop.t"]);
});

describe("the error", () => {
  const problem = {
    code: "table_missing",
    table: "t",
    message: "there is no table t in db:5432/shop: create it",
  };

  test("of nothing is none", () => {
    expect(targetError([], "db:5432/shop")).toBeUndefined();
  });

  test("of one problem is that problem", () => {
    expect(targetError([problem], "db:5432/shop")).toMatchObject({
      ...{ kind: "failed", code: "table_missing", message: problem.message, problems: [problem] },
    });
  });

  test("of several says once where they are", () => {
    const other = {
      code: "column_missing",
      table: "u",
      message: "table u in db:5432/shop lacks column a: add it",
    };
    const error = targetError([problem, other], "db:5432/shop");
    expect(error).toMatchObject({
      ...{ kind: "failed", code: "target_unfit", source: "db:5432/shop" },
      message: "db:5432/shop: there is no table t: create it; table u lacks column a: add it",
    });
  });
});
