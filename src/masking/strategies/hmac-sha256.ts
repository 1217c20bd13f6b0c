import { createSecretKey } from "node:crypto";
import { UsageError } from "../../errors.js";
import { canonicalIp } from "../canonical-ip.js";
import { hmacSha256Hex } from "../hmac.js";
import { deriveSubkey } from "../key.js";
import type { MaskStrategy } from "../strategy.js";

/**
 * A keyed hash. The default, because nobody without the key can try out all IP addresses.
 *
 * - deterministic: yes, for one key and domain
 * - joinable: yes, across runs and tables with the same key and domain; not between domains
 * - reversible: by nobody; who has the key can test a guess, or all values of a small set, such as IPv4
 * - keyed: yes; subkey = HKDF-SHA256(key, empty salt, `sqs2pg/hmac-sha256/` + domain, 32 bytes)
 * - output: always 64 characters, lower-case hex
 * - standard: HMAC-SHA-256 (RFC 2104, FIPS 198-1), HKDF (RFC 5869), over `canonicalIp` of the value in UTF-8; a lone
 *   surrogate, which UTF-8 cannot express, counts as U+FFFD
 */
export const hmacSha256: MaskStrategy = {
  name: "hmac-sha256",
  keyed: true,
  deterministic: true,
  outputLength: () => 64,
  create: (spec, key) => {
    if (key === undefined) {
      throw new UsageError(
        "key_missing",
        "the mask hmac-sha256 needs a key: make one with `sqs2pg keygen` and set SQS2PG_MASK_KEY to it, or choose the unkeyed --mask sha256, which can be guessed",
      );
    }
    const subkey = createSecretKey(deriveSubkey(key, `sqs2pg/hmac-sha256/${spec.domain}`, 32));
    return (value) => hmacSha256Hex(subkey, canonicalIp(value));
  },
};
