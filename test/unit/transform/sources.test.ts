import { describe, expect, test } from "vitest";
import { message, oneColumn, outcomeOf } from "./support.js";

describe("message values", () => {
  const sentAtMs = Date.parse("2024-02-29T23:30:00.123Z");
  test.each([
    ["$sent_at", "date", "2024-02-29"],
    ["$sent_at", "timestamptz", "2024-02-29T23:30:00.123Z"],
    ["$message_id", "varchar(36)", "5fea7756-0ea4-451a-a703-a558b933e274"],
    ["$receive_count", "integer", 3],
    ["$group_id", "text", "group"],
    ["$queue", "text", "events"],
    ["$run_id", "text", "run"],
    ["$attributes.trace.id", "text", "t-1"],
    ["$attributes.count", "bigint", "9223372036854775807"],
    ["$attributes.count", "integer", "out_of_range"],
    ["$attributes.trace.id", "integer", "wrong_type"],
    ["$attributes.padded", "integer", "7"],
    ["$attributes.toString", "text", null],
  ])("%s as %s", (from, type, expected) => {
    const attributes = { "trace.id": "t-1", count: "9223372036854775807", padded: "007" };
    const rest = { sentAtMs, receiveCount: 3, groupId: "group", attributes };
    expect(outcomeOf(oneColumn({ from, type }), "null", rest)).toBe(expected);
  });

  test("a group id that is not there is NULL, or a reject where it is required", () => {
    expect(outcomeOf(oneColumn({ from: "$group_id", type: "text" }), "1")).toBe(null);
    expect(outcomeOf(oneColumn({ from: "$group_id", type: "text", required: true }), "1")).toBe("missing");
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e18, -1e15])(
    "a sent time of %d is a reject",
    (sentAtMs) => {
      expect(outcomeOf(oneColumn({ from: "$sent_at", type: "date" }), "1", { sentAtMs })).toBe(
        "out_of_range",
      );
    },
  );
});

describe("paths", () => {
  test.each([
    ["value.a", '{"a":"x"}', "x"],
    ["value.a", "{}", null],
    ["value.a", "null", null],
    ["value.a.b", '{"a":null}', null],
    ["value.a", '"text"', "wrong_type"],
    ["value.length", "[1,2]", "wrong_type"],
    ["value.length", '"text"', "wrong_type"],
    ["value.constructor", "{}", null],
    ["value.__proto__", "{}", null],
    ["value.__proto__", '{"__proto__":"own"}', "own"],
  ])("%s of %s", (from, json, expected) => {
    expect(outcomeOf(oneColumn({ from, type: "text" }), json)).toBe(expected);
  });
});

test("a key that every object inherits is not there", () => {
  expect(outcomeOf(oneColumn({ from: "constructor", type: "text" }), "1")).toBe(null);
});

test("a path that ends in a value says so", () => {
  const outcome = oneColumn({ from: "value.a", type: "text" })(message('{"value":"text"}'));
  expect(outcome).toMatchObject({
    reject: { field: "value.a", reason: "is looked for inside a value that is no object, for value text" },
  });
});

test("a masked value is checked for its length after masking", () => {
  const column = oneColumn({ type: "varchar(8)", mask: "partial" });
  expect(outcomeOf(column, '"a long text"')).toBe("value:11");
  expect(outcomeOf(column, `"${"x".repeat(100)}"`)).toBe("too_long");
});
