import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePath, printPath } from "../../../src/config/path.js";
import { parseSource } from "../../../src/config/source.js";

const key = fc.oneof(
  fc.string({ unit: "binary", minLength: 0, maxLength: 8 }),
  fc.string({ minLength: 1 }),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "a.b",
    "[0]",
    "0",
    "-1",
    "$",
    "'",
    '"',
    "\\",
    "]",
    "[",
    " a",
    "\ud800",
    "\0",
    "*",
  ),
);
const path = fc.array(fc.oneof(key, fc.integer({ min: -99_999_999, max: 999_999_999 })), {
  minLength: 1,
  maxLength: 6,
});

test("a path that is printed is read as the same path", () => {
  fc.assert(
    fc.property(path, (keys) => {
      expect(parsePath(printPath(keys))).toEqual({ value: keys });
    }),
    { numRuns: 5000 },
  );
});

test("any text is a path that prints to the same path, or a problem in one line", () => {
  const pieces = fc.constantFrom(
    ...["a", ".", "[", "]", '"', "'", "\\", "0", "-1", "u0041", "*", " ", "$", "b c", "é"],
  );
  const text = fc.oneof(
    fc.array(pieces, { maxLength: 10 }).map((parts) => parts.join("")),
    fc.string({ unit: "binary" }),
  );
  let paths = 0;
  fc.assert(
    fc.property(text, (given) => {
      const read = parsePath(given);
      if ("problem" in read) {
        expect(read.problem).toMatch(/^[^\n\0]+$/);
        return;
      }
      paths += 1;
      expect(parsePath(printPath(read.value))).toEqual(read);
    }),
    { numRuns: 20_000 },
  );
  expect(paths).toBeGreaterThan(500);
});

test.each<[text: string, path: (string | number)[]]>([
  ["a", ["a"]],
  ["a.b", ["a", "b"]],
  ["a[0]", ["a", 0]],
  ["a[-1].b", ["a", -1, "b"]],
  ["[2][0]", [2, 0]],
  ['a["any key"]', ["a", "any key"]],
  ["a['b' ]", []],
  ['["first.key"].b', ["first.key", "b"]],
  ['a["\\u00e9\\n\\"\\\\"]', ["a", 'é\n"\\']],
  ["a['\\'']", ["a", "'"]],
  ["a b.c-d:é", ["a b", "c-d:é"]],
  ["it's", ["it's"]],
  ["a[ 0]", []],
])("%s", (text, keys) => {
  const read = parsePath(text);
  expect("value" in read ? read.value : []).toEqual(keys);
});

describe("mistakes", () => {
  test.each([
    ["a..b", "a key is missing at character 3: write keys joined by dots, such as device.id"],
    ["a.", "a key is missing at character 3: write keys joined by dots, such as device.id"],
    ["", "a key is missing at character 1: write keys joined by dots, such as device.id"],
    ["a.[0]", "a key is missing at character 3: write keys joined by dots, such as device.id"],
    ["a]b", "the ] at character 2 closes nothing"],
    ["a[0", "the [ at character 2 is not closed"],
    [
      "a[b]",
      'in brackets stands an index, such as [0] or [-1], or a key in quotes, such as ["a key"], and not what is at character 3',
    ],
    [
      "a[01]",
      'in brackets stands an index, such as [0] or [-1], or a key in quotes, such as ["a key"], and not what is at character 3',
    ],
    [
      "a[-0]",
      'in brackets stands an index, such as [0] or [-1], or a key in quotes, such as ["a key"], and not what is at character 3',
    ],
    ["a[1234567890]", "the index at character 3 is larger than any array"],
    [
      "a[*].b",
      "a path leads to one value, so there is no [*] as at character 2: load the array as a whole, or set records to its path",
    ],
    [
      "a[]",
      "a path leads to one value, so there is no [] as at character 2: load the array as a whole, or set records to its path",
    ],
    ['a["b]', "the quote at character 3 is not closed"],
    ['a["b"', "a ] is missing at character 6"],
    ['a["\\x"]', "the \\ at character 4 begins no escape of JSON: a \\ is written \\\\"],
    ["a[0]b", "behind ] comes a dot, a [ or nothing, and not what is at character 5"],
    ['a."b"', 'a key with quotes or spaces around it at character 3 is put in brackets: ["b"]'],
    ["a. b", 'a key with quotes or spaces around it at character 3 is put in brackets: ["b"]'],
  ])("%s", (text, problem) => {
    expect(parsePath(text)).toEqual({ problem: `${JSON.stringify(text)} is no path: ${problem}` });
  });

  test("are counted from the beginning of what was written", () => {
    expect(parseSource("$.a..b")).toEqual({
      problem:
        '"$.a..b" is no path: a key is missing at character 5: write keys joined by dots, such as device.id',
    });
  });
});

test.each([
  ["$.a.b", { kind: "record", root: true, path: ["a", "b"], text: "$.a.b" }],
  ['$["a"][0]', { kind: "record", root: true, path: ["a", 0], text: '$["a"][0]' }],
  ['["$sent_at"]', { kind: "record", path: ["$sent_at"], text: '["$sent_at"]' }],
  ["$rest", { kind: "rest", text: "$rest" }],
  ["$sequence_number", { kind: "message", value: "sequence_number", text: "$sequence_number" }],
])("the source %s", (text, source) => {
  expect(parseSource(text)).toEqual({ value: source });
});
