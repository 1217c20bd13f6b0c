import { UsageError } from "../errors.js";
import type { MaskKey } from "./key.js";
import type { PrivateKey, PublicKey, Sealer } from "./sealing-key.js";
import type { MaskSpec } from "./spec.js";

/** All keys that are at hand. Of each kind the first masks, and all of them unmask. */
export interface Keyring {
  readonly keys: readonly MaskKey[];
  /** Those of the private keys included, in the order in which they were given. */
  readonly publicKeys: readonly PublicKey[];
  readonly privateKeys: readonly PrivateKey[];
  /** What `withSealer` adds: what the mask `sealed` seals with. */
  readonly sealer?: Sealer;
}

/** A keyring with nothing on it. */
export const NO_KEYS: Keyring = Object.freeze({ keys: [], publicKeys: [], privateKeys: [] });

/** A keyring with one masking key. */
export function keyringOf(key: MaskKey): Keyring {
  return { ...NO_KEYS, keys: [key] };
}

/**
 * The key that a mask masks with: the one that its spec names, else the first. Throws UsageError `key_missing` when there
 * is none, and `key_not_held` for an id that is not on the keyring.
 */
export function maskingKey({ strategy, keyId }: MaskSpec, { keys }: Keyring): MaskKey {
  const [first] = keys;
  if (first === undefined) {
    const instead =
      strategy === "hmac-sha256" ? ", or choose the unkeyed --mask sha256, which can be guessed" : "";
    throw new UsageError(
      "key_missing",
      `the mask ${strategy} needs a key: make one with \`sqs2pg keygen\` and set SQS2PG_MASK_KEY to it${instead}`,
    );
  }
  if (keyId === undefined) return first;
  const named = keys.find(({ id }) => id === keyId);
  if (named === undefined) {
    throw new UsageError(
      "key_not_held",
      `the mask ${strategy} wants the key ${keyId}, which is not among the keys: add its line`,
    );
  }
  return named;
}
