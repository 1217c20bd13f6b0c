import { GCM_OVERHEAD_BYTES, openGcm, sealGcm } from "./aes-gcm.js";
import { MaskError } from "./errors.js";
import { deriveSubkey, type MaskKey } from "./key.js";

/** UTF-16 only for text with a lone surrogate: UTF-8 would lose it, and what is sealed may be the last copy. */
const UTF8_VERSION = 1;
const UTF16_VERSION = 2;

const HEADER_BYTES = 1 + 4;
const SEALED_MIN_BYTES = HEADER_BYTES + GCM_OVERHEAD_BYTES;

/**
 * Encrypts a text so that only the key's holder can read it, and only as what `associatedData` says it is (such as its
 * message's id). AES-256-GCM (NIST SP 800-38D) under the subkey HKDF-SHA256(key, `sqs2pg/seal/aes-256-gcm`, 32 bytes).
 *
 * Layout: version (1 byte: 1 is UTF-8, 2 is UTF-16LE) | key id (4) | random IV (12) | ciphertext | tag (16);
 * authenticated besides: version | key id | associatedData. Every string comes back as it was. The output differs each
 * time, so it is never a join or conflict key. Random IVs bound one key to 2^32 texts (SP 800-38D, 8.3).
 */
export function sealText(key: MaskKey, text: string, associatedData: string): Buffer {
  const wellFormed = text.isWellFormed();
  const header = Buffer.concat([
    Buffer.of(wellFormed ? UTF8_VERSION : UTF16_VERSION),
    Buffer.from(key.id, "hex"),
  ]);
  const plaintext = Buffer.from(text, wellFormed ? "utf8" : "utf16le");
  const encrypted = sealGcm(sealingKey(key), plaintext, authenticated(header, associatedData));
  return Buffer.concat([header, encrypted]);
}

/**
 * The text that `sealText` was given, by whichever of the keys it was sealed with. Throws MaskError `sealed_truncated`,
 * `sealed_version_unknown`, `sealed_wrong_key` (it names the ids: the one that is needed, and those that are there) or
 * `sealed_corrupted` (any changed bit, or other associated data).
 */
export function openText(keys: MaskKey | readonly MaskKey[], sealed: Buffer, associatedData: string): string {
  if (sealed.length < SEALED_MIN_BYTES) {
    throw new MaskError("sealed_truncated", "what is sealed is too short: it was cut off");
  }
  const header = sealed.subarray(0, HEADER_BYTES);
  const encoding = encodingOf(sealed.readUInt8(0));
  const subkey = sealingKey(keyWithId(header.toString("hex", 1), "id" in keys ? [keys] : keys));
  const encrypted = sealed.subarray(HEADER_BYTES);
  try {
    return openGcm(subkey, encrypted, authenticated(header, associatedData)).toString(encoding);
  } catch (cause) {
    throw new MaskError("sealed_corrupted", "what is sealed was changed, or belongs to another message", {
      cause,
    });
  }
}

function keyWithId(wanted: string, keys: readonly MaskKey[]): MaskKey {
  const key = keys.find(({ id }) => id === wanted);
  if (key !== undefined) return key;
  const held = keys.map(({ id }) => id).join(" or ") || "any that is there";
  throw new MaskError(
    "sealed_wrong_key",
    `it was sealed with the key ${wanted}, not with ${held}: give the key with that id`,
  );
}

function sealingKey(key: MaskKey): Buffer {
  return deriveSubkey(key, "sqs2pg/seal/aes-256-gcm", 32);
}

/** The header has a fixed length, so no two pairs give the same bytes. */
function authenticated(header: Buffer, associatedData: string): Buffer {
  return Buffer.concat([header, Buffer.from(associatedData, "utf8")]);
}

function encodingOf(version: number): "utf8" | "utf16le" {
  if (version === UTF8_VERSION) return "utf8";
  if (version === UTF16_VERSION) return "utf16le";
  throw new MaskError("sealed_version_unknown", "it was sealed by a later version: update sqs2pg");
}
