import { hash } from "node:crypto";

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Texts up to a third of this need no buffer of their own. */
const SCRATCH_BYTES = 1024;

/**
 * HMAC-SHA-256 (RFC 2104, FIPS 198-1) of a text's UTF-8 bytes, as 64 lower-case hex digits; the key is prepared once. By
 * two calls of `hash`, which take half the time of `createHmac`: that makes an object for every value.
 */
export function createHmacSha256(key: Uint8Array): (text: string) => string {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.set(key.length > BLOCK_BYTES ? hash("sha256", key, "buffer") : key);
  const inner = Buffer.alloc(SCRATCH_BYTES);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
  block.forEach((byte, index) => {
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  });
  block.fill(0);

  const views: Buffer[] = [];
  const innerDigest = (text: string): string => {
    // A UTF-16 unit has three bytes of UTF-8 at the most.
    if (BLOCK_BYTES + text.length * 3 > SCRATCH_BYTES) {
      return hash(
        "sha256",
        Buffer.concat([inner.subarray(0, BLOCK_BYTES), Buffer.from(text, "utf8")]),
        "binary",
      );
    }
    const length = BLOCK_BYTES + inner.write(text, BLOCK_BYTES, "utf8");
    // Making such a view takes as long as half a digest, and lengths come again.
    views[length] ??= inner.subarray(0, length);
    return hash("sha256", views[length], "binary");
  };

  return (text) => {
    // Digests as strings of bytes: making a buffer of 32 bytes takes longer than making a string of them.
    outer.write(innerDigest(text), BLOCK_BYTES, "latin1");
    return hash("sha256", outer, "hex");
  };
}
