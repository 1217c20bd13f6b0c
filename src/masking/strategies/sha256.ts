import { hash } from "node:crypto";
import type { MaskStrategy } from "../strategy.js";

/**
 * A plain digest of the value as it is written, not even an IP address canonicalised: the form in which tables of
 * other systems hold such values, so new rows can be joined to old ones.
 *
 * - deterministic: yes
 * - joinable: yes, with everything that holds plain SHA-256, in every field
 * - reversible: by anybody for values that can be listed; all IPv4 addresses take under four minutes on one core
 * - keyed: no
 * - output: always 64 characters, lower-case hex
 * - standard: SHA-256 (FIPS 180-4) of the UTF-8 bytes; a lone surrogate counts as U+FFFD
 */
export const sha256: MaskStrategy = {
  name: "sha256",
  key: "none",
  deterministic: true,
  joinable: true,
  reversibleBy: "nobody",
  namesKey: false,
  output: "text",
  settings: [],
  outputLength: () => 64,
  create: () => (value) => hash("sha256", value, "hex"),
};
