import { createAesSiv, SIV_BYTES } from "../aes-siv.js";
import { canonicalIp } from "../canonical-ip.js";
import {
  associatedData,
  checkMaxBytes,
  envelopeLength,
  keyNotHeld,
  plaintextOf,
  readEnvelope,
  tampered,
  writeEnvelope,
} from "../envelope.js";
import { deriveSubkey, type MaskKey } from "../key.js";
import { maskingKey } from "../keyring.js";
import type { MaskStrategy } from "../strategy.js";

/**
 * Deterministic authenticated encryption: rows can be joined by it, and the key's holder reads it back.
 *
 * - deterministic: yes, for one key and domain
 * - joinable: yes, across runs and tables with the same key and domain; not between domains
 * - reversible: by the key's holder; an IP address comes back in its canonical spelling
 * - keyed: yes; subkey = HKDF-SHA256(key, empty salt, `sqs2pg/aes-siv/` + domain, 64 bytes)
 * - output: `s1.<key id>.<base64url>`, 34 characters and 4/3 of the value's bytes; it shows the value's length
 * - standard: AES-SIV with 256-bit AES (RFC 5297); associated data `s1|<key id>|<domain>`
 */
export const aesSiv: MaskStrategy = {
  name: "aes-siv",
  key: "mask-key",
  deterministic: true,
  joinable: true,
  reversibleBy: "key",
  namesKey: true,
  output: "text",
  settings: ["keyId", "maxBytes"],
  outputLength: (spec) => envelopeLength(spec, SIV_BYTES),
  create: (spec, keys) => {
    checkMaxBytes(spec);
    const key = maskingKey(spec, keys);
    const siv = sivFor(key, spec.domain);
    return (value) => {
      const payload = siv.seal(plaintextOf(canonicalIp(value), spec));
      return writeEnvelope("s1", { keyId: key.id, payload });
    };
  },
  createUnmask: ({ domain }, { keys }) => {
    const sivs = new Map(keys.map((key) => [key.id, sivFor(key, domain)]));
    return (masked) => {
      const { keyId, payload } = readEnvelope("s1", masked);
      const siv = sivs.get(keyId);
      if (siv === undefined) throw keyNotHeld(keyId);
      try {
        return siv.open(payload).toString("utf8");
      } catch (cause) {
        throw tampered(cause);
      }
    };
  },
};

function sivFor(key: MaskKey, domain: string): ReturnType<typeof createAesSiv> {
  const subkey = deriveSubkey(key, `sqs2pg/aes-siv/${domain}`, 64);
  return createAesSiv(subkey, [associatedData("s1", key.id, domain)]);
}
