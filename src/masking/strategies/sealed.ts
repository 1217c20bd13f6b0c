import { createSecretKey } from "node:crypto";
import { UsageError } from "../../errors.js";
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
import { MaskError } from "../errors.js";
import { hkdfSha256 } from "../hkdf.js";
import { ENCAPSULATED_BYTES, openSealer } from "../hpke.js";
import type { PrivateKey } from "../sealing-key.js";
import type { MaskStrategy } from "../strategy.js";

const OVERHEAD_BYTES = ENCAPSULATED_BYTES + GCM_OVERHEAD_BYTES;
/** Each run makes one of its own, so a table has as many as runs. */
const MOST_SECRETS = 256;

/**
 * Public-key encryption: the machine that drains holds only the public key, so neither it nor whoever breaks into it
 * later reads what was written. While a run lasts, its memory holds the secret of that run, as it holds the values.
 *
 * - deterministic: no
 * - joinable: no
 * - reversible: by the holder of the private key, exactly as it was written
 * - keyed: yes, with a public key; each run's secret is HPKE's, subkey = HKDF-SHA256(secret, empty salt,
 *   `sqs2pg/sealed/` + domain, 32 bytes), good for 2^32 values of a run
 * - output: `p1.<key id>.<base64url>`, 92 characters and 4/3 of the value's bytes; it shows the value's length, and which
 *   rows one run has written
 * - standard: HPKE (RFC 9180), base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM and secret export;
 *   the payload is the encapsulated secret (32 bytes), a random IV (12), and the value under AES-256-GCM with its tag;
 *   associated data `p1|<key id>|<domain>`
 */
export const sealed: MaskStrategy = {
  name: "sealed",
  key: "public-key",
  deterministic: false,
  joinable: false,
  reversibleBy: "private-key",
  namesKey: true,
  output: "text",
  settings: ["keyId", "maxBytes"],
  outputLength: (spec) => envelopeLength(spec, OVERHEAD_BYTES),
  create: (spec, { sealer }) => {
    if (sealer === undefined) {
      throw new UsageError("key_missing", "the mask sealed needs a public key: see withSealer");
    }
    checkMaxBytes(spec);
    const { keyId, encapsulated } = sealer;
    if (spec.keyId !== undefined && spec.keyId !== keyId) {
      throw new UsageError(
        "key_not_held",
        `the mask sealed wants the public key ${spec.keyId}, and withSealer was given ${keyId}: give it the same`,
      );
    }
    const subkey = subkeyOf(sealer.secret, spec.domain);
    const bound = associatedData("p1", keyId, spec.domain);
    return (value) => {
      const encrypted = sealGcm(subkey, plaintextOf(value, spec), bound);
      return writeEnvelope("p1", { keyId, payload: Buffer.concat([encapsulated, encrypted]) });
    };
  },
  createUnmask: ({ domain }, { privateKeys }) => {
    const subkeyFor = createSubkeys(domain);
    return async (masked) => {
      const { keyId, payload } = readEnvelope("p1", masked);
      const key = privateKeys.find(({ id }) => id === keyId);
      if (key === undefined) throw keyNotHeld(keyId, "the private key");
      if (payload.length < OVERHEAD_BYTES) throw tampered(undefined);
      try {
        const subkey = await subkeyFor(key, payload.subarray(0, ENCAPSULATED_BYTES));
        const encrypted = payload.subarray(ENCAPSULATED_BYTES);
        return openGcm(subkey, encrypted, associatedData("p1", keyId, domain)).toString("utf8");
      } catch (cause) {
        throw cause instanceof MaskError ? cause : tampered(cause);
      }
    };
  },
};

function subkeyOf(secret: Buffer, domain: string): Buffer {
  return hkdfSha256(createSecretKey(secret), `sqs2pg/sealed/${domain}`, 32);
}

/** The subkeys of the runs that were met last: the private key is asked once a run, and not once a value. */
function createSubkeys(domain: string): (key: PrivateKey, encapsulated: Buffer) => Promise<Buffer> {
  const known = new Map<string, Promise<Buffer>>();
  return (key, encapsulated) => {
    const name = key.id + encapsulated.toString("hex");
    const found = known.get(name);
    if (found !== undefined) return found;
    const [oldest] = known.keys();
    if (known.size >= MOST_SECRETS && oldest !== undefined) known.delete(oldest);
    const subkey = openSealer(key, encapsulated).then((secret) => subkeyOf(secret, domain));
    known.set(name, subkey);
    return subkey;
  };
}
