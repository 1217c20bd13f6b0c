import { expect, test } from "vitest";
import { shapeOf } from "../../../src/transform/shape.js";

const of = (value: unknown, known?: ReadonlySet<string>): unknown => shapeOf(JSON.stringify(value), known);

test("leaves become their type and length", () => {
  expect(of({ foo: "oops_wrong_msg_type", bar: "123" })).toEqual({ foo: "string(19)", bar: "string(3)" });
  expect(of({ a: 12.5, b: true, c: null, d: "😀" })).toEqual({
    a: "number",
    b: "boolean",
    c: "null",
    d: "string(1)",
  });
});

test.each([
  ["", "text(0)"],
  ["no JSON", "text(7)"],
  ['"text"', "string(4)"],
  ["42", "number"],
  ["null", "null"],
  ["[]", []],
  ["{}", {}],
])("%j", (body, expected) => {
  expect(shapeOf(body)).toEqual(expected);
});

test("arrays show their first elements and how many follow", () => {
  expect(of([1, "a", null, 4, 5])).toEqual(["number", "string(1)", "null", "and 2 more"]);
});

test("keys that are no identifiers are shown by their length, apart from each other", () => {
  expect(of({ "a@b.c": 1, "b@c.d": 2, user12: 3, user123: 4 })).toEqual({
    "<key:5>": "number",
    "<key:5#2>": "number",
    user12: "number",
    "<key:7>": "number",
  });
  expect(of({ "a@b.c": 1 }, new Set(["a@b.c"]))).toEqual({ "a@b.c": "number" });
});

test("a __proto__ key is a key", () => {
  expect(JSON.stringify(shapeOf('{"__proto__":{"x":1}}'))).toBe('{"__proto__":{"x":"number"}}');
});

test("depth, breadth and size are bounded", () => {
  expect(JSON.stringify(shapeOf("[".repeat(10_000) + "]".repeat(10_000)))).toBe('[[[[[["array(1)"]]]]]]');
  const nested = `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`;
  expect(JSON.stringify(shapeOf(nested))).toBe('{"a":{"a":{"a":{"a":{"a":{"a":"object(1)"}}}}}}');
  const names = Array.from({ length: 676 }, (_, index) =>
    String.fromCharCode(97 + index / 26, 97 + (index % 26)),
  );
  const wide = Object.fromEntries(names.map((name) => [name, 1]));
  expect(of(wide)).toMatchObject({ aa: "number", "...": "and 636 more" });
  const bushy = Object.fromEntries(names.map((name) => [name, wide]));
  expect(JSON.stringify(of(bushy)).length).toBeLessThan(10_000);
  const arrays = (depth: number): unknown => (depth === 0 ? 1 : Array(3).fill(arrays(depth - 1)));
  expect(JSON.stringify(of(arrays(6))).split("number").length).toBeLessThan(200);
});
