import { createHash } from "node:crypto";
import { MaskError } from "./errors.js";

/** The public half of a key pair: it seals, and opens nothing. */
export interface PublicKey {
  /** 8 hex digits, the first of the SHA-256 of the public key: both halves of a pair have the same. */
  readonly id: string;
  /** The X25519 public key, 32 bytes in base64url. It is no secret. */
  readonly publicKey: string;
}

/** The private half of a key pair. Its bytes are not in the object, so that printing or serialising it shows no secret. */
export interface PrivateKey {
  readonly id: string;
}

/** A secret that was made for a public key: who has the private one gets it out of `encapsulated` again. */
export interface Sealer {
  /** Of the key pair. */
  readonly keyId: string;
  /** 32 bytes, stored beside what is sealed. */
  readonly encapsulated: Buffer;
  /** 32 bytes; in the memory of this process only. */
  readonly secret: Buffer;
}

const secrets: WeakMap<PrivateKey, Uint8Array> = new WeakMap();

/** `bytes`: an X25519 public key, 32 bytes (RFC 7748). */
export function publicKeyFromBytes(bytes: Uint8Array): PublicKey {
  return Object.freeze({
    id: createHash("sha256").update(bytes).digest("hex").slice(0, 8),
    publicKey: Buffer.from(bytes).toString("base64url"),
  });
}

/** The private half that belongs to a public key; `bytes`: 32 bytes. */
export function privateKeyFromBytes(bytes: Uint8Array, { id }: PublicKey): PrivateKey {
  const key = Object.freeze({ id });
  secrets.set(key, bytes);
  return key;
}

/** Throws MaskError `key_foreign` for an object that is no private key of ours. */
export function privateKeyBytes(key: PrivateKey): Uint8Array {
  const bytes = secrets.get(key);
  if (bytes === undefined) {
    throw new MaskError("key_foreign", "this object is not a private key: make one with parseKeys");
  }
  return bytes;
}
