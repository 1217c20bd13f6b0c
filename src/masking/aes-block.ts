import { type Cipher, createCipheriv } from "node:crypto";

/** Bytes of an AES block. */
export const BLOCK = 16;

/**
 * AES alone: each block of the input by itself. It has no state, so one cipher serves for good. `key`: 16, 24 or 32
 * bytes.
 */
export function createEcb(key: Buffer): Cipher {
  return createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
}

/** Shifts a block by one bit to the left, in its place, and puts `bit` at its end; the bit that falls out. */
export function shiftLeft(block: Buffer, bit: number): number {
  let carry = bit;
  for (let index = block.length - 1; index >= 0; index -= 1) {
    const byte = block[index] ?? 0;
    block[index] = ((byte << 1) | carry) & 0xff;
    carry = byte >> 7;
  }
  return carry;
}
