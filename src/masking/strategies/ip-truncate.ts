import { UsageError } from "../../errors.js";
import { ipBytes, ipText } from "../ip-bytes.js";
import { MASK_DEFAULTS } from "../spec.js";
import type { MaskStrategy } from "../strategy.js";
import { createOnInvalid, ipOutputLength } from "./on-invalid.js";

/**
 * Keeps the network of an IP address and sets the rest to zero: the first 24 bits of IPv4 and 48 of IPv6 unless the spec
 * says otherwise.
 *
 * - deterministic: yes
 * - joinable: by network only, the addresses of one become equal
 * - reversible: by nobody; but an IPv4 /24 has only 256 addresses
 * - keyed: no (with `onInvalid: hmac`, for what is no address)
 * - output: an IP address, up to 39 characters; fits an `inet` column (64 characters with `onInvalid: hmac`)
 * - standard: none; the truncation that analytics and DNS collectors use, text form as RFC 5952 says
 */
export const ipTruncate: MaskStrategy = {
  name: "ip-truncate",
  key: "none",
  deterministic: true,
  joinable: false,
  reversibleBy: "nobody",
  namesKey: false,
  output: "ip",
  settings: ["ipv4Prefix", "ipv6Prefix", "onInvalid", "keyId"],
  outputLength: ipOutputLength,
  create: (spec, keys) => {
    const { ipv4Prefix = MASK_DEFAULTS.ipv4Prefix, ipv6Prefix = MASK_DEFAULTS.ipv6Prefix } = spec;
    if (!isPrefix(ipv4Prefix, 32) || !isPrefix(ipv6Prefix, 128)) {
      throw new UsageError("mask_invalid", "ip-truncate keeps 0 to 32 bits of IPv4, and 0 to 128 of IPv6");
    }
    const otherwise = createOnInvalid(spec, keys);
    return (value) => {
      const bytes = ipBytes(value);
      if (bytes === undefined) return otherwise(value);
      return ipText(truncated(bytes, bytes.length === 4 ? ipv4Prefix : ipv6Prefix));
    };
  },
};

function isPrefix(bits: number, most: number): boolean {
  return Number.isInteger(bits) && bits >= 0 && bits <= most;
}

function truncated(bytes: readonly number[], bits: number): number[] {
  return bytes.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    return byte & (0xff00 >> kept);
  });
}
