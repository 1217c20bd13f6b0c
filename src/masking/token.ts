import { randomBytes } from "node:crypto";
import { createHmacSha256 } from "../hmac.js";
import { openGcm, sealGcm } from "./aes-gcm.js";
import { cached } from "./cache.js";
import { canonicalIp } from "./canonical-ip.js";
import { checkMaxBytes, keyNotHeld, plaintextOf, tampered } from "./envelope.js";
import { deriveSubkey, type MaskKey } from "./key.js";
import { type Keyring, maskingKey } from "./keyring.js";
import type { MaskSpec } from "./spec.js";

const PREFIX = "t1.";
const TOKEN_BYTES = 16;
const TOKEN = /^t1\.[A-Za-z0-9_-]{22}$/;
/** `t1.` and 16 bytes in base64url. */
export const TOKEN_LENGTH: number = PREFIX.length + 22;

/**
 * What the vault is to hold of a value: the token is for the case that it does not know the value yet. There is no raw
 * value in it.
 */
export interface VaultEntry {
  readonly domain: string;
  /** Of the key that masks; `knownAs` are the same value's under the other keys. */
  readonly keyId: string;
  /** 32 bytes by which the vault finds the value without knowing it. */
  readonly blindIndex: Buffer;
  readonly knownAs: readonly Buffer[];
  /** A new one. */
  readonly token: string;
  /** The value under AES-256-GCM: IV (12 bytes), ciphertext, tag (16). */
  readonly sealedValue: Buffer;
}

/** Whether a text has the form of a token. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** HMAC-SHA-256 of the canonical value under `sqs2pg/token/index/` + domain, for each key: the first masks. */
export function createBlindIndexes(domain: string, keys: readonly MaskKey[]): (value: string) => Buffer[] {
  const hmacs = keys.map((key) => createHmacSha256(deriveSubkey(key, `sqs2pg/token/index/${domain}`, 32)));
  return (value) => {
    const text = canonicalIp(value);
    return hmacs.map((hmac) => Buffer.from(hmac(text), "hex"));
  };
}

/**
 * Makes vault entries of values, with a new token each time: one that was made before may have been forgotten since, and
 * must not come back. Throws UsageError `key_missing`, `key_not_held` and `mask_invalid`; the function throws MaskError
 * `lone_surrogate` and `too_long`.
 */
export function createTokenizer(spec: MaskSpec, keyring: Keyring): (value: string) => VaultEntry {
  checkMaxBytes(spec);
  const key = maskingKey(spec, keyring);
  const others = keyring.keys.filter(({ id }) => id !== key.id);
  const indexesOf = cached(createBlindIndexes(spec.domain, [key, ...others]));
  const seal = createVaultSealer(key, spec.domain);
  return (value) => {
    const plaintext = plaintextOf(canonicalIp(value), spec);
    const [blindIndex = Buffer.alloc(0), ...knownAs] = indexesOf(value);
    const token = PREFIX + randomBytes(TOKEN_BYTES).toString("base64url");
    return {
      domain: spec.domain,
      keyId: key.id,
      blindIndex,
      knownAs,
      token,
      sealedValue: seal(token, plaintext),
    };
  };
}

/** Seals values for the vault, each bound to its token and domain. */
export function createVaultSealer(
  key: MaskKey,
  domain: string,
): (token: string, plaintext: Buffer) => Buffer {
  const subkey = deriveSubkey(key, `sqs2pg/token/seal/${domain}`, 32);
  return (token, plaintext) => sealGcm(subkey, plaintext, boundTo(token, key.id, domain));
}

/** What the vault holds of a token. */
export interface StoredToken {
  readonly token: string;
  readonly keyId: string;
  readonly sealedValue: Buffer;
}

/** Opens what the vault holds. The function throws MaskError `key_not_held` and `tampered`. */
export function createVaultOpener(domain: string, { keys }: Keyring): (stored: StoredToken) => string {
  const subkeys = new Map(keys.map((key) => [key.id, deriveSubkey(key, `sqs2pg/token/seal/${domain}`, 32)]));
  return ({ token, keyId, sealedValue }) => {
    const subkey = subkeys.get(keyId);
    if (subkey === undefined) throw keyNotHeld(keyId);
    try {
      return openGcm(subkey, sealedValue, boundTo(token, keyId, domain)).toString("utf8");
    } catch (cause) {
      throw tampered(cause);
    }
  };
}

function boundTo(token: string, keyId: string, domain: string): Buffer {
  return Buffer.from(`${token}|${keyId}|${domain}`, "utf8");
}
