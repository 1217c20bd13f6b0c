import { hkdfSync, type KeyObject } from "node:crypto";
import { UsageError } from "../errors.js";

/** The longest `info` that node:crypto takes. */
const MOST_INFO_BYTES = 1024;

/**
 * HKDF-SHA256 with an empty salt (RFC 5869): `length` bytes that are independent of those for every other `info`.
 * Throws UsageError `mask_domain_too_long` for an `info` above 1,024 bytes: a field's domain is its only open part.
 */
export function hkdfSha256(inputKey: KeyObject, info: string, length: number): Buffer {
  if (Buffer.byteLength(info, "utf8") > MOST_INFO_BYTES) {
    throw new UsageError("mask_domain_too_long", "the domain of a mask is too long: use at most 1,000 bytes");
  }
  return Buffer.from(hkdfSync("sha256", inputKey, "", info, length));
}
