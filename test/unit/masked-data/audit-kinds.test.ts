import { isIPv4 } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CANDIDATES, VALUE_KINDS, type ValueKind } from "../../../src/masked-data/audit-kinds.js";

const countable = VALUE_KINDS.filter((kind) => CANDIDATES[kind].count !== null);

function ends(kind: ValueKind): (string | undefined)[] {
  const { at, count } = CANDIDATES[kind];
  return [at?.(0), at?.((count ?? 0) - 1)];
}

/** ISO/IEC 7812-1, annex B: the digits, every second one from the right doubled, add up to a multiple of ten. */
function isLuhnValid(text: string): boolean {
  const sum = [...text].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (1 + (place % 2));
    return total + Math.floor(value / 10) + (value % 10);
  }, 0);
  return sum % 10 === 0;
}

describe("candidates", () => {
  test.each<[ValueKind, string, string]>([
    ["ipv4", "0.0.0.0", "255.255.255.255"],
    ["nine-digits", "000-00-0000", "999-99-9999"],
    ["phone", "+10000000000", "+19999999999"],
    ["imei", "000000000000000", "999999999999994"],
    ["card", "0000000000000000", "9999999999999995"],
    ["postcode", "00000", "99999"],
    ["birth-date", "1920-01-01", "2029-12-31"],
  ])("of the kind %s go from %s to %s", (kind, first, last) => {
    expect(ends(kind)).toEqual([first, last]);
  });

  test.each(countable)("of the kind %s are all different", (kind) => {
    const { at = String, count } = CANDIDATES[kind];
    const number = fc.nat({ max: 2 ** 31 - 1 }).map((part) => Math.floor((part / 2 ** 31) * (count ?? 0)));
    fc.assert(
      fc.property(number, number, (one, other) => {
        expect(at(one) === at(other)).toBe(one === other);
      }),
    );
  });

  test("are what they are called", () => {
    fc.assert(
      fc.property(fc.nat(), (number) => {
        expect(isIPv4(CANDIDATES.ipv4.at?.(number) ?? "")).toBe(true);
        for (const kind of ["imei", "card"] as const) {
          expect(isLuhnValid(CANDIDATES[kind].at?.(number) ?? "1")).toBe(true);
        }
      }),
    );
    // From the standard's literature: a sample card number, and the IMEI of 3GPP TS 23.003, annex B.
    expect(CANDIDATES.card.at?.(411_111_111_111_111)).toBe("4111111111111111");
    expect(CANDIDATES.imei.at?.(26_053_179_311_383)).toBe("260531793113837");
  });

  test("that cannot be counted are none", () => {
    const uncounted = VALUE_KINDS.filter((kind) => CANDIDATES[kind].at === undefined);
    expect(uncounted).toEqual(["email", "name"]);
    expect(uncounted.map((kind) => CANDIDATES[kind].count)).toEqual([null, null]);
  });
});
