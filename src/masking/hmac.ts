import { createHmac, type KeyObject } from "node:crypto";

/** HMAC-SHA-256 (RFC 2104, FIPS 198-1) of the text's UTF-8 bytes, as 64 lower-case hex digits. */
export function hmacSha256Hex(key: KeyObject, text: string): string {
  return createHmac("sha256", key).update(text, "utf8").digest("hex");
}
