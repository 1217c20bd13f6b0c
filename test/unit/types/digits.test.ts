import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shapeOf } from "../../../src/transform/shape.js";
import { losesDigits } from "../../../src/types/decimal.js";
import { Digits, jsonText, parseJson } from "../../../src/types/digits.js";
import { readJson } from "../../../src/types/read-json.js";

const long = fc.oneof(
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 200n }).map(String),
  fc.bigInt({ min: 2n ** 60n, max: 2n ** 90n }).map((digits) => `-0.${digits}`),
  fc.constantFrom("1e400", "-1e-400", "0.1234567890123456789", "9007199254740993.0", "1E+999"),
);
const key = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("__proto__", "constructor", '\\"', "12345678901234567890"),
);

/** JSON texts with long numbers anywhere, and strings that look like them. */
const { value: jsonWithLong } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    long,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
    fc
      .oneof(fc.string({ unit: "binary" }), long, fc.constantFrom('\\"1234567890123456789', "\\\\", '"'))
      .map((text) => JSON.stringify(text)),
    fc.constantFrom("true", "null", "[]", "{}", " [ ] "),
    fc.array(tie("value"), { maxLength: 3 }).map((parts) => `[${parts.join(" , ")}]`),
    fc
      .array(fc.tuple(key, tie("value")), { maxLength: 3 })
      .map((parts) => `{${parts.map(([name, inner]) => `${JSON.stringify(name)}: ${inner}`).join(",")}}`),
  ),
}));

/** The same value as doubles would have it. */
function rounded(value: unknown): unknown {
  if (value instanceof Digits) return Number(value.text);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rounded(inner)]));
}

test("but for the digits a JSON text is what JSON.parse makes of it: keys, duplicates and all", () => {
  fc.assert(
    fc.property(jsonWithLong, (json) => {
      const value = parseJson(json);
      expect(JSON.stringify(rounded(value))).toBe(JSON.stringify(JSON.parse(json)));
      expect(Object.getPrototypeOf(Object(rounded(value)))).toBe(
        Object.getPrototypeOf(Object(JSON.parse(json))),
      );
    }),
    { numRuns: 5000 },
  );
});

test("what is written again has every digit that was read", () => {
  fc.assert(
    fc.property(jsonWithLong, (json) => {
      const again = jsonText(parseJson(json)) ?? "";
      expect(jsonText(parseJson(again))).toBe(again);
      for (const [number] of json.replace(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/-?\d[\d.eE+-]*/g)) {
        if (losesDigits(number) && !json.includes(":")) expect(again).toContain(number);
      }
    }),
    { numRuns: 5000 },
  );
});

test("a number is kept as it is written if and only if a double is another number", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        long,
        fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
        fc.maxSafeInteger().map(String),
      ),
      (number) => {
        expect(parseJson(number) instanceof Digits).toBe(losesDigits(number));
      },
    ),
  );
});

test("a long number is found wherever in the text it stands", () => {
  for (let before = 0; before < 40; before += 1) {
    for (const number of ["1234567890123457", "0.12345678901234567", "12345678901234567890"]) {
      const text = `${" ".repeat(before)}${number}`;
      expect(parseJson(text) instanceof Digits).toBe(losesDigits(number));
    }
  }
});

describe("odd texts", () => {
  test.each([
    ["\ufeff12345678901234567890", new Digits("12345678901234567890")],
    ['{"a":1,"a":12345678901234567890}', { a: new Digits("12345678901234567890") }],
    ['{"a":12345678901234567890,"a":1}', { a: 1 }],
    ['"12345678901234567890"', "12345678901234567890"],
    ["1.00000000000000000000", 1],
    ["0e999", 0],
    ["-1e400", new Digits("-1e400")],
    ["\ufeff1e400", new Digits("1e400")],
    ['{"a":1E+400}', { a: new Digits("1E+400") }],
    ['{"a":\n\t-1.5e-400}', { a: new Digits("-1.5e-400") }],
    ["[0,1e400]", [0, new Digits("1e400")]],
    ["[1e400]", [new Digits("1e400")]],
    ['"a3e400b"', "a3e400b"],
  ])("%s", (json, value) => {
    expect(readJson(json)).toEqual({ value });
  });

  test("own keys stay own keys beside kept digits", () => {
    const value = parseJson('{"__proto__":12345678901234567890}');
    expect(Object.keys(Object(value))).toEqual(["__proto__"]);
    expect(jsonText(value)).toBe('{"__proto__":12345678901234567890}');
  });

  test("nesting as deep as a message is long is no matter", () => {
    const depth = 200_000;
    expect(readJson(`${"[".repeat(depth)}12345678901234567890${"]".repeat(depth)}`)).toBeDefined();
  });

  test("a long run of digits takes no longer than it is long", () => {
    const json = `[${"0".repeat(0)}1${"0".repeat(300_000)}1,"${"\\\\".repeat(300_000)}"]`;
    expect(readJson(json)).toBeDefined();
  });

  test("a shape shows a number, and none of its digits", () => {
    expect(shapeOf('{"a":12345678901234567890,"b":[1e400]}')).toEqual({ a: "number", b: ["number"] });
  });
});
