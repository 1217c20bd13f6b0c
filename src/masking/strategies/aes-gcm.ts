import { GCM_OVERHEAD_BYTES, openGcm, sealGcm } from "../aes-gcm.js";
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
 * Randomised authenticated encryption: equal values differ each time, so a table does not even show which rows belong
 * together. A companion column with the HMAC brings joins back.
 *
 * - deterministic: no
 * - joinable: no
 * - reversible: by the key's holder, exactly as it was written
 * - keyed: yes; subkey = HKDF-SHA256(key, empty salt, `sqs2pg/aes-gcm/` + domain, 32 bytes), good for 2^32 values
 *   (NIST SP 800-38D, section 8.3)
 * - output: `g1.<key id>.<base64url>`, 50 characters and 4/3 of the value's bytes; it shows the value's length
 * - standard: AES-256-GCM (NIST SP 800-38D), random 96-bit IV in front, tag behind; associated data
 *   `g1|<key id>|<domain>`
 */
export const aesGcm: MaskStrategy = {
  name: "aes-gcm",
  key: "mask-key",
  deterministic: false,
  joinable: false,
  reversibleBy: "key",
  namesKey: true,
  output: "text",
  settings: ["keyId", "maxBytes"],
  outputLength: (spec) => envelopeLength(spec, GCM_OVERHEAD_BYTES),
  create: (spec, keys) => {
    checkMaxBytes(spec);
    const key = maskingKey(spec, keys);
    const subkey = subkeyFor(key, spec.domain);
    const bound = associatedData("g1", key.id, spec.domain);
    return (value) => {
      const payload = sealGcm(subkey, plaintextOf(value, spec), bound);
      return writeEnvelope("g1", { keyId: key.id, payload });
    };
  },
  createUnmask: ({ domain }, { keys }) => {
    const subkeys = new Map(keys.map((key) => [key.id, subkeyFor(key, domain)]));
    return (masked) => {
      const { keyId, payload } = readEnvelope("g1", masked);
      const subkey = subkeys.get(keyId);
      if (subkey === undefined) throw keyNotHeld(keyId);
      try {
        return openGcm(subkey, payload, associatedData("g1", keyId, domain)).toString("utf8");
      } catch (cause) {
        throw tampered(cause);
      }
    };
  },
};

function subkeyFor(key: MaskKey, domain: string): Buffer {
  return deriveSubkey(key, `sqs2pg/aes-gcm/${domain}`, 32);
}
