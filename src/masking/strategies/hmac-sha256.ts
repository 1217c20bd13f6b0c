import { createHmacSha256 } from "../../hmac.js";
import { canonicalIp } from "../canonical-ip.js";
import { deriveSubkey } from "../key.js";
import { maskingKey } from "../keyring.js";
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
  key: "mask-key",
  deterministic: true,
  joinable: true,
  reversibleBy: "nobody",
  speed: "quick",
  namesKey: false,
  output: "text",
  settings: ["keyId"],
  outputLength: () => 64,
  create: (spec, keys) => {
    const key = maskingKey(spec, keys);
    const hmac = createHmacSha256(deriveSubkey(key, `sqs2pg/hmac-sha256/${spec.domain}`, 32));
    return (value) => hmac(canonicalIp(value));
  },
};
