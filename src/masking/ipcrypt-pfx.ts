import type { Cipher } from "node:crypto";
import { UsageError } from "../errors.js";
import { BLOCK, createEcb, shiftLeft } from "./aes-block.js";

/** Prefix-preserving encryption of addresses as bytes in network order, 4 (IPv4) or 16 (IPv6) of them. */
export interface IpcryptPfx {
  encrypt(address: readonly number[]): number[];
  decrypt(address: readonly number[]): number[];
}

/**
 * ipcrypt-pfx (draft-denis-ipcrypt, "Prefix-Preserving Encryption"): addresses that share their first n bits share them
 * afterwards too. Each bit is flipped by what two AES-128 keys make of the bits before it. `key`: 32 bytes, whose halves
 * must differ.
 */
export function createIpcryptPfx(key: Buffer): IpcryptPfx {
  const [first, second] = [key.subarray(0, BLOCK), key.subarray(BLOCK)];
  if (first.equals(second)) {
    throw new UsageError("key_malformed", "the halves of the key are equal: make a new key");
  }
  const ciphers = [createEcb(first), createEcb(second)] as const;

  return {
    // Every prefix is known before: one call for all of them.
    encrypt: (address) => {
      const bits = address.length * 8;
      const blocks = Buffer.allocUnsafe(bits * BLOCK);
      const prefix = emptyPrefix(address.length);
      for (let position = 0; position < bits; position += 1) {
        prefix.copy(blocks, position * BLOCK);
        shiftLeft(prefix, bitOf(address, position));
      }
      const flips = flipsOf(ciphers, blocks);
      return address.map((byte, index) => byte ^ byteOf(flips, index));
    },
    // Here each bit has to be known before the next one.
    decrypt: (address) => {
      const prefix = emptyPrefix(address.length);
      const result = address.map(() => 0);
      for (let position = 0; position < address.length * 8; position += 1) {
        const [flip = 0] = flipsOf(ciphers, prefix);
        const bit = bitOf(address, position) ^ flip;
        const index = position >> 3;
        result[index] = (result[index] ?? 0) | (bit << (7 - (position & 7)));
        shiftLeft(prefix, bit);
      }
      return result;
    },
  };
}

/**
 * The prefix of no bits, padded: a one, and behind it all bits that there are. IPv4 begins behind the 96 bits that map it
 * into IPv6, so that the two kinds never have a prefix in common.
 */
function emptyPrefix(addressBytes: number): Buffer {
  const prefix = Buffer.alloc(BLOCK);
  if (addressBytes === 4) {
    prefix[3] = 0x01;
    prefix[14] = 0xff;
    prefix[15] = 0xff;
  } else prefix[15] = 0x01;
  return prefix;
}

/** The last bit of the sum of both encryptions, for each block. */
function flipsOf([one, other]: readonly [Cipher, Cipher], blocks: Buffer): number[] {
  const [left, right] = [one.update(blocks), other.update(blocks)];
  const flips: number[] = [];
  for (let end = BLOCK - 1; end < blocks.length; end += BLOCK) {
    flips.push(((left[end] ?? 0) ^ (right[end] ?? 0)) & 1);
  }
  return flips;
}

function bitOf(bytes: readonly number[], position: number): number {
  return ((bytes[position >> 3] ?? 0) >> (7 - (position & 7))) & 1;
}

function byteOf(bits: readonly number[], index: number): number {
  return bits.slice(index * 8, index * 8 + 8).reduce((byte, bit) => (byte << 1) | bit, 0);
}
