import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inferType } from "../../../src/init/infer-type.js";
import { Digits } from "../../../src/types/digits.js";

const NOW = Date.UTC(2026, 5, 1);
const typeOf = (values: readonly unknown[], name = "field"): string | undefined => {
  const inferred = inferType({ path: [name], values }, NOW);
  return inferred && `${inferred.type}${inferred.convert ? ` ${inferred.convert}` : ""}`;
};

describe("a type is as narrow as every value allows, with room to grow", () => {
  test.each([
    ["integer", [0, -5, 1_000_000]],
    ["bigint", [1, 2_000_000_000]],
    ["numeric", [1, 1e20]],
    ["numeric(14,2)", [1, 12.5, 1999.99]],
    ["numeric(16,4)", [0.125]],
    ["double precision", [0.1 + 0.2]],
    ["double precision", [1e-9]],
    ["bigint", [new Digits("9007199254740993")]],
    ["numeric", [1, new Digits("123456789012345678901234567890")]],
    ["numeric", [new Digits("0.12345678901234567890123")]],
    ["boolean", [true, false]],
    ["uuid", ["424cdd21-063a-43a7-b91b-7ca1a833afae"]],
    ["varchar(128)", ["424cdd21-063a-43a7-b91b-7ca1a833afae", "no-id"]],
    ["date", ["2026-02-28", "2024-02-29"]],
    ["varchar(32)", ["2026-02-29"]],
    ["timestamptz", ["2026-01-01T12:00:00Z", "2026-01-01 12:00:00.123+02:00"]],
    ["timestamp", ["2026-01-01T12:00:00"]],
    ["varchar(64)", ["2026-01-01T12:00:00", "2026-01-01T12:00:00Z"]],
    ["inet", ["10.0.0.1", "::1"]],
    ["varchar(16)", ["a", "0042"]],
    ["varchar(16)", ["", ""]],
    ["varchar(255)", ["x".repeat(100)]],
    ["text", ["x".repeat(501)]],
    ["jsonb", [[1, 2]]],
    ["jsonb", [{ a: 1 }]],
    ["jsonb", [1, "a"]],
  ])("%s", (type, values) => {
    expect(typeOf(values)).toBe(type);
  });

  test("of nothing there is none", () => {
    expect(typeOf([])).toBeUndefined();
  });

  test("a stray value of another JSON type does not spoil it", () => {
    expect(typeOf([...Array(99).keys(), "x"])).toBe("integer");
    expect(typeOf([...Array(9).keys(), "x"])).toBe("jsonb");
  });
});

describe("numbers are moments", () => {
  const seconds = NOW / 1_000;
  test.each([
    ["timestamptz epoch-seconds", "createdAt", [seconds, seconds + 60]],
    ["timestamptz epoch-seconds", "ts", [seconds]],
    ["timestamptz epoch-milliseconds", "event_time", [NOW - 1e11, NOW]],
    ["timestamptz epoch-milliseconds", "x", [NOW, NOW - 86_400_000]],
    ["bigint", "order", [seconds]],
    ["bigint", "x", [NOW - 1e11]],
    ["integer", "created_at", [12]],
  ])("%s: %s", (type, name, values) => {
    expect(typeOf(values, name)).toBe(type);
  });
});

test("what a width was made of fits it twice over", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 400 }), { minLength: 1 }), (texts) => {
      const type = typeOf(texts) ?? "";
      const width = Number(/^varchar\((\d+)\)$/.exec(type)?.[1] ?? Number.POSITIVE_INFINITY);
      if (type === "text" || type.startsWith("varchar")) {
        for (const text of texts) expect([...text].length * 2).toBeLessThanOrEqual(width);
      }
    }),
  );
});

test("decimals fit their numeric", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 4 }),
      (wholes, scale) => {
        const values = wholes.map((whole) => Number(`${whole}e-${scale}`));
        const type = typeOf(values, "amount") ?? "";
        if (type === "integer" || type === "bigint") return;
        const [, precision = "", kept = ""] = /^numeric\((\d+),(\d+)\)$/.exec(type) ?? [];
        for (const value of values) {
          const [whole = "", fraction = ""] = String(Math.abs(value)).split(".");
          expect(fraction.length).toBeLessThanOrEqual(Number(kept));
          expect(whole.length).toBeLessThanOrEqual(Number(precision) - Number(kept));
        }
      },
    ),
  );
});
