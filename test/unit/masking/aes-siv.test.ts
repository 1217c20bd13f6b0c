import { aessiv } from "@noble/ciphers/aes.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAesSiv, SivError } from "../../../src/masking/aes-siv.js";
import { flippedBits } from "./flipped-bits.js";

const bytes = (length: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: length, maxLength: length, size: "max" }).map((array) => Buffer.from(array));
const someBytes = fc.uint8Array({ maxLength: 80, size: "max" }).map((array) => Buffer.from(array));

describe.each([32, 48, 64])("with a key of %i bytes", (keyBytes) => {
  test.each([0, 1, 2, 3])("and %i associated data, it is the same as noble's at each length", (count) => {
    const associatedData = fc.array(someBytes, { minLength: count, maxLength: count });
    fc.assert(
      fc.property(bytes(keyBytes), associatedData, bytes(200), (key, data, text) => {
        const siv = createAesSiv(key, data);
        for (let length = 0; length <= text.length; length += 1) {
          const plaintext = text.subarray(0, length);
          const sealed = siv.seal(plaintext);
          expect(sealed.equals(aessiv(key, ...data).encrypt(plaintext))).toBe(true);
          expect(siv.open(sealed).equals(plaintext)).toBe(true);
        }
      }),
      { numRuns: 5 },
    );
  });

  test("it is the same as noble's for 1 MiB, whether the last block is whole or not", () => {
    const key = Buffer.alloc(keyBytes, 5);
    const data = [Buffer.from("s1|00000000|ip")];
    for (const length of [2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1]) {
      const plaintext = Buffer.alloc(length, "0123456789abcde");
      const sealed = createAesSiv(key, data).seal(plaintext);
      expect(sealed.equals(aessiv(key, ...data).encrypt(plaintext))).toBe(true);
      expect(createAesSiv(key, data).open(sealed).equals(plaintext)).toBe(true);
    }
  });
});

describe("what is not genuine", () => {
  const key = Buffer.alloc(64, 3);
  const siv = createAesSiv(key, [Buffer.from("data")]);

  test.each([0, 1, 15, 16, 17, 64, 65, 100])("any flipped bit of a text of %i bytes", (length) => {
    for (const changed of flippedBits(siv.seal(Buffer.alloc(length, 1)))) {
      expect(() => siv.open(changed)).toThrow(SivError);
    }
  });

  test("what is too short, or has other associated data or another key", () => {
    const sealed = siv.seal(Buffer.from("text"));
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => siv.open(sealed.subarray(0, length))).toThrow(SivError);
    }
    for (const data of [[], [""], ["Data"], ["data", ""], ["da", "ta"]]) {
      const other = createAesSiv(
        key,
        data.map((one) => Buffer.from(one)),
      );
      expect(() => other.open(sealed)).toThrow(SivError);
    }
    expect(() => createAesSiv(Buffer.alloc(64, 4), [Buffer.from("data")]).open(sealed)).toThrow(SivError);
  });
});

test("it leaves what it is given as it is", () => {
  const siv = createAesSiv(Buffer.alloc(64, 3), []);
  for (const length of [5, 16, 40, 100]) {
    const plaintext = Buffer.alloc(length, 1);
    const sealed = siv.seal(plaintext);
    const copy = Buffer.from(sealed);
    siv.open(sealed);
    expect(plaintext).toEqual(Buffer.alloc(length, 1));
    expect(sealed).toEqual(copy);
  }
});
