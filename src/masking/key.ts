import { createSecretKey, type KeyObject } from "node:crypto";
import { MaskError } from "./errors.js";
import { hkdfSha256 } from "./hkdf.js";

/** A masking key. Its bytes are not in the object, so that printing or serialising it shows the id alone. */
export interface MaskKey {
  /** 8 hex digits derived from the key: it tells keys apart and says nothing about their bytes. */
  readonly id: string;
}

const secrets: WeakMap<MaskKey, KeyObject> = new WeakMap();

/** A key of these bytes; its id is the hex of 4 bytes of HKDF-SHA256 with the info `sqs2pg/key-id`. */
export function keyFromBytes(bytes: Uint8Array): MaskKey {
  const secret = createSecretKey(bytes);
  const key = Object.freeze({ id: hkdfSha256(secret, "sqs2pg/key-id", 4).toString("hex") });
  secrets.set(key, secret);
  return key;
}

/**
 * HKDF-SHA256 (RFC 5869) of the key with an empty salt: `length` bytes for the purpose that `info` names.
 * Throws MaskError `key_foreign` for an object that did not come from `parseKey`.
 */
export function deriveSubkey(key: MaskKey, info: string, length: number): Buffer {
  const secret = secrets.get(key);
  if (secret === undefined) {
    throw new MaskError("key_foreign", "this object is not a masking key: make one with parseKey");
  }
  return hkdfSha256(secret, info, length);
}
