import { hkdfSync } from "node:crypto";
import { FF1 } from "@noble/ciphers/ff1.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Alphabet,
  createMask,
  createUnmask,
  generateKey,
  type Mask,
  type MaskSpec,
  parseKey,
} from "../../../src/masking/index.js";
import { maskErrorOf } from "./mask-error-of.js";
import { usageErrorOf } from "./usage-error-of.js";

const line = generateKey();
const key = parseKey(line);
const spec: MaskSpec = { strategy: "ff1", domain: "device_id" };

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const ALPHABETS: readonly (readonly [alphabet: Alphabet, characters: string])[] = [
  ["digits", DIGITS],
  ["lower-alphanumeric", DIGITS + LOWER],
  ["upper-alphanumeric", DIGITS + UPPER],
  ["alphanumeric", DIGITS + UPPER + LOWER],
];
const SEPARATORS = " -_./:+()";

function maskOf(alphabet: Alphabet): Mask {
  return createMask({ ...spec, alphabet }, key);
}

describe.each(ALPHABETS)("the alphabet %s", (alphabet, characters) => {
  const radix = characters.length;
  const inAlphabet = fc.string({ unit: fc.constantFrom(...characters), minLength: 6, maxLength: 60 });

  test("is FF1 under the HKDF subkey of the domain, its characters in their order", () => {
    const bytes = Buffer.from(line.replace("sqs2pg-key-1:", ""), "base64url");
    const subkey = Buffer.from(hkdfSync("sha256", bytes, "", "sqs2pg/ff1/device_id", 32));
    fc.assert(
      fc.property(inAlphabet, (value) => {
        const digits = FF1(radix, subkey).encrypt(Array.from(value, (one) => characters.indexOf(one)));
        expect(maskOf(alphabet)(value)).toBe(digits.map((digit) => characters[digit]).join(""));
      }),
    );
  });

  test("refuses values of fewer than 10^6 possibilities, and takes those of just as many", async () => {
    const fewest =
      Array.from({ length: 10 }, (_, index) => index).find((length) => radix ** length >= 1e6) ?? 0;
    expect(fewest).toBe(alphabet === "digits" ? 6 : 4);
    for (let length = 0; length < fewest; length += 1) {
      for (const value of ["1".repeat(length), `-${"1".repeat(length)} .`]) {
        expect((await maskErrorOf(() => maskOf(alphabet)(value))).code).toBe("too_short");
      }
    }
    expect(maskOf(alphabet)("1".repeat(fewest))).toHaveLength(fewest);
    expect(maskOf(alphabet)(`${"1".repeat(fewest)}-`)).toHaveLength(fewest + 1);
  });

  test("keeps the separators where they are, and all else in the alphabet", () => {
    const shapes = fc
      .array(fc.oneof(fc.constantFrom(...characters), fc.constantFrom(...SEPARATORS)), { maxLength: 60 })
      .map((parts) => parts.join(""))
      .filter((text) => Array.from(text).filter((one) => characters.includes(one)).length >= 6);
    const unmask = createUnmask({ ...spec, alphabet }, key);
    fc.assert(
      fc.property(shapes, (value) => {
        const masked = maskOf(alphabet)(value) ?? "";
        expect(masked).toHaveLength(value.length);
        for (const [index, character] of Array.from(value).entries()) {
          if (SEPARATORS.includes(character)) expect(masked[index]).toBe(character);
          else expect(characters).toContain(masked[index]);
        }
        expect(unmask(masked)).toBe(value);
      }),
    );
  });

  test("refuses each character that is neither in it nor a separator", async () => {
    const all = Array.from({ length: 0x180 }, (_, code) => String.fromCharCode(code));
    for (const character of [...all, "🙈", "\uD800", "٣", "１"]) {
      const action = (): string | null => maskOf(alphabet)(`12345${character}6789`);
      if ((characters + SEPARATORS).includes(character)) expect(action).not.toThrow();
      else expect((await maskErrorOf(action)).code).toBe("outside_alphabet");
    }
  });
});

test("a device id keeps its shape", () => {
  expect(createMask(spec, key)("593-47-5928")).toMatch(/^\d{3}-\d{2}-\d{4}$/);
});

test("256 characters are masked, 257 are refused", async () => {
  const unmask = createUnmask(spec, key);
  const value = "7".repeat(256);
  expect(unmask(createMask(spec, key)(value) ?? "")).toBe(value);
  expect((await maskErrorOf(() => createMask(spec, key)(`${value}7`))).code).toBe("too_long");
});

test("what it cannot have made is not unmasked", async () => {
  const unmask = createUnmask(spec, key);
  for (const text of ["", "12345", "a secret", "s1.00000000.AAAA", "7".repeat(257)]) {
    const error = await maskErrorOf(() => unmask(text));
    expect(error.code).toBe("not_masked");
    if (text !== "") expect(error.message).not.toContain(text);
  }
});

test.each([["binary"], ["__proto__"], ["toString"], [""]])("the alphabet %j is refused", (name) => {
  const given: MaskSpec = { ...spec, ...JSON.parse(`{ "alphabet": ${JSON.stringify(name)} }`) };
  expect(usageErrorOf(() => createMask(given, key)).code).toBe("mask_invalid");
  expect(usageErrorOf(() => createUnmask(given, key)).code).toBe("mask_invalid");
});
