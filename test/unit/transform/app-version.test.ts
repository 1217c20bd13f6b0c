import fc from "fast-check";
import { expect, test } from "vitest";
import { appVersion } from "../../../src/transform/app-version.js";

test.each([
  ["2.3.0", 20300],
  ["0.96", 9600],
  ["6.02", 60200],
  ["2", 20000],
  ["0", 0],
  ["1.99.99", 19999],
  ["214748.36.47", 2147483647],
  ["214748.36.48", undefined],
  ["1.100", undefined],
  ["1.0.100", undefined],
  ["1.2.3.4", undefined],
  ["2.3.0-beta", undefined],
  ["v2", undefined],
  ["", undefined],
  [".1", undefined],
  ["1.", undefined],
  ["1..2", undefined],
  [" 1", undefined],
  ["1\n", undefined],
  ["-1", undefined],
  ["1e3", undefined],
  ["١.٢", undefined],
  ["9".repeat(400), undefined],
])("%j", (text, expected) => {
  expect(appVersion(text)).toBe(expected);
});

const part = fc.integer({ min: 0, max: 99 });
const version = fc.tuple(fc.integer({ min: 0, max: 200_000 }), part, part);

test("two versions have one number only if they are the same version", () => {
  fc.assert(
    fc.property(version, version, (one, other) => {
      const same = one.every((value, index) => value === other[index]);
      expect(appVersion(one.join(".")) === appVersion(other.join("."))).toBe(same);
    }),
  );
});

test("versions sort as their numbers do", () => {
  fc.assert(
    fc.property(version, version, (one, other) => {
      const difference =
        one.map((value, index) => value - (other[index] ?? 0)).find((value) => value !== 0) ?? 0;
      const numbers = Math.sign(Number(appVersion(one.join("."))) - Number(appVersion(other.join("."))));
      expect(numbers).toBe(Math.sign(difference));
    }),
  );
});

test("a text is convertible exactly if it has one to three parts of digits within the limits", () => {
  const texts = fc.oneof(
    fc.string({ unit: fc.constantFrom("0", "1", "9", ".", "-", "a"), maxLength: 9 }),
    version.map((parts) => parts.join(".")),
    fc.string(),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const parts = text.split(".");
      const digits = parts.length <= 3 && parts.every((item) => /^[0-9]+$/.test(item));
      const small = parts.slice(1).every((item) => BigInt(digits ? item : 0) <= 99n);
      const [major = 0n, minor = 0n, patch = 0n] = digits ? parts.map(BigInt) : [];
      const number = major * 10_000n + minor * 100n + patch;
      expect(appVersion(text)).toBe(digits && small && number < 2n ** 31n ? Number(number) : undefined);
    }),
    { numRuns: 2000 },
  );
});
