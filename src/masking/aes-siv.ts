import { type Cipher, createCipheriv, timingSafeEqual } from "node:crypto";
import { BLOCK, createEcb, shiftLeft } from "./aes-block.js";

/** AES-SIV with fixed associated data. */
export interface AesSiv {
  /** The synthetic IV (16 bytes) and the ciphertext, which is as long as the plaintext. */
  seal(plaintext: Buffer): Buffer;
  /** The plaintext of `seal`'s output. Throws `SivError` when anything of it, or the associated data, was changed. */
  open(sealed: Buffer): Buffer;
}

export class SivError extends Error {
  override readonly name = "SivError";
}

export const SIV_BYTES: number = BLOCK;
/** Up to this many bytes, single blocks are cheaper than making a cipher for the whole. */
const FEW_BYTES = 4 * BLOCK;
const ZERO_BLOCK = Buffer.alloc(BLOCK);

/**
 * AES-SIV (RFC 5297), deterministic authenticated encryption: equal plaintexts give equal outputs and tell nothing else.
 * `key`: 32, 48 or 64 bytes, the first half for S2V, the second for CTR. node:crypto has no such mode, so it is put
 * together from AES-ECB, AES-CBC and AES-CTR; the part of S2V that depends on the associated data is computed once.
 */
export function createAesSiv(key: Buffer, associatedData: readonly Buffer[]): AesSiv {
  const half = key.length / 2;
  const mac = createCmac(key.subarray(0, half));
  const ctr = createCtr(key.subarray(half));
  let state = mac(ZERO_BLOCK);
  for (const data of associatedData) state = xor(double(state), mac(data));
  const doubled = double(state);

  /** The last step of S2V: section 2.4. */
  const synthesize = (plaintext: Buffer): Buffer => {
    if (plaintext.length < BLOCK) {
      const padded = Buffer.from(doubled);
      for (let index = 0; index < plaintext.length; index += 1) flip(padded, index, plaintext[index]);
      flip(padded, plaintext.length, 0x80);
      return mac(padded);
    }
    const ended = Buffer.from(plaintext);
    const start = ended.length - BLOCK;
    for (let index = 0; index < BLOCK; index += 1) flip(ended, start + index, state[index]);
    return mac(ended);
  };

  return {
    seal: (plaintext) => {
      const iv = synthesize(plaintext);
      return Buffer.concat([iv, ctr(iv, plaintext)]);
    },
    open: (sealed) => {
      if (sealed.length < BLOCK) throw new SivError("shorter than a synthetic IV");
      const iv = sealed.subarray(0, BLOCK);
      const plaintext = ctr(iv, sealed.subarray(BLOCK));
      if (!timingSafeEqual(iv, synthesize(plaintext))) throw new SivError("not genuine");
      return plaintext;
    },
  };
}

/** AES-CMAC (RFC 4493) of a message. */
function createCmac(key: Buffer): (message: Buffer) => Buffer {
  const cipherName = `aes-${key.length * 8}`;
  const ecb = createEcb(key);
  const whole = double(ecb.update(ZERO_BLOCK));
  const partial = double(whole);
  return (message) => {
    const lastStart = message.length === 0 ? 0 : BLOCK * (Math.ceil(message.length / BLOCK) - 1);
    const isWhole = message.length === lastStart + BLOCK;
    const last = Buffer.from(isWhole ? whole : partial);
    for (let index = lastStart; index < message.length; index += 1)
      flip(last, index - lastStart, message[index]);
    if (!isWhole) flip(last, message.length - lastStart, 0x80);
    if (lastStart === 0) return ecb.update(last);
    if (message.length > FEW_BYTES) {
      const cbc = createCipheriv(`${cipherName}-cbc`, key, ZERO_BLOCK).setAutoPadding(false);
      return Buffer.from(chainEnd(cbc, message.subarray(0, lastStart), last));
    }
    let chain = ecb.update(message.subarray(0, BLOCK));
    for (let start = BLOCK; start < lastStart; start += BLOCK) {
      chain = ecb.update(xor(chain, message.subarray(start, start + BLOCK)));
    }
    return ecb.update(xor(chain, last));
  };
}

/** The last block of CBC: what it makes of all before it is not wanted. */
function chainEnd(cbc: Cipher, before: Buffer, last: Buffer): Buffer {
  cbc.update(before);
  return cbc.update(last);
}

/** AES-CTR from a synthetic IV, two bits of which are cleared so that 32-bit counters do (section 2.5). */
function createCtr(key: Buffer): (iv: Buffer, text: Buffer) => Buffer {
  const name = `aes-${key.length * 8}-ctr`;
  const ecb = createEcb(key);
  return (iv, text) => {
    const first = Buffer.from(iv);
    first.writeUInt8(first.readUInt8(8) & 0x7f, 8);
    first.writeUInt8(first.readUInt8(12) & 0x7f, 12);
    if (text.length > FEW_BYTES) return createCipheriv(name, key, first).update(text);
    const blocks = Math.ceil(text.length / BLOCK);
    const counters = Buffer.allocUnsafe(blocks * BLOCK);
    for (let block = 0; block < blocks; block += 1) {
      first.copy(counters, block * BLOCK);
      counters.writeUInt32BE(first.readUInt32BE(12) + block, block * BLOCK + 12);
    }
    const stream = ecb.update(counters).subarray(0, text.length);
    for (let index = 0; index < text.length; index += 1) flip(stream, index, text[index]);
    return stream;
  };
}

/** Multiplication by x in GF(2^128): section 2.3. */
function double(block: Buffer): Buffer {
  const result = Buffer.from(block);
  if (shiftLeft(result, 0) === 1) flip(result, BLOCK - 1, 0x87);
  return result;
}

function xor(one: Buffer, other: Buffer): Buffer {
  const result = Buffer.from(one);
  for (let index = 0; index < BLOCK; index += 1) flip(result, index, other[index]);
  return result;
}

function flip(buffer: Buffer, index: number, bits: number | undefined): void {
  buffer[index] = (buffer[index] ?? 0) ^ (bits ?? 0);
}
