import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createIpcryptPfx } from "../../../src/masking/ipcrypt-pfx.js";
import { usageErrorOf } from "./usage-error-of.js";

const keys = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes))
  .filter((key) => !key.subarray(0, 16).equals(key.subarray(16)));
const address = fc
  .constantFrom(4, 16)
  .chain((length) => fc.array(fc.nat(255), { minLength: length, maxLength: length }));

/** The draft's text, bit by bit on a BigInt, and AES without a reused cipher. */
function byHand(key: Buffer, bytes: readonly number[]): number[] {
  const lastBit = (half: Buffer, block: bigint): number => {
    const input = Buffer.from(block.toString(16).padStart(32, "0"), "hex");
    const cipher = createCipheriv("aes-128-ecb", half, null).setAutoPadding(false);
    return (cipher.update(input)[15] ?? 0) & 1;
  };
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  // An IPv4 address is encrypted as the last 32 bits of the address that maps it into IPv6.
  let prefix = bytes.length === 4 ? `1${"0".repeat(80)}${"1".repeat(16)}` : "1";
  let encrypted = "";
  for (const bit of bits) {
    const block = BigInt(`0b${prefix}`);
    const flip = lastBit(key.subarray(0, 16), block) ^ lastBit(key.subarray(16), block);
    encrypted += Number(bit) ^ flip;
    prefix += bit;
  }
  return bytes.map((_, index) => Number.parseInt(encrypted.slice(index * 8, index * 8 + 8), 2));
}

test("it is what the draft says, and comes back", () => {
  fc.assert(
    fc.property(keys, address, (key, bytes) => {
      const pfx = createIpcryptPfx(key);
      const encrypted = pfx.encrypt(bytes);
      expect(encrypted).toEqual(byHand(key, bytes));
      expect(pfx.decrypt(encrypted)).toEqual(bytes);
    }),
  );
});

test("a key whose halves are equal is refused: it would encrypt nothing", () => {
  expect(usageErrorOf(() => createIpcryptPfx(Buffer.alloc(32, 7))).code).toBe("key_malformed");
});
