import { createPrivateKey, createPublicKey, randomBytes } from "node:crypto";
import { UsageError } from "../errors.js";
import { generatePairBytes } from "./hpke.js";
import { keyFromBytes, type MaskKey } from "./key.js";
import type { Keyring } from "./keyring.js";
import { type PrivateKey, type PublicKey, privateKeyFromBytes, publicKeyFromBytes } from "./sealing-key.js";

/** What a line begins with, and so what it is. */
const PREFIXES = {
  key: "sqs2pg-key-1:",
  public: "sqs2pg-public-1:",
  private: "sqs2pg-private-1:",
} as const;
type KeyKind = keyof typeof PREFIXES;

const KEY_BYTES = 32;
/** 32 bytes in base64url without padding (RFC 4648, section 5). */
const ENCODED_LENGTH = 43;
const REMEDY = "expected one line, sqs2pg-key-1: and 43 base64url characters, as `sqs2pg keygen` prints it";

/** A new key as one line of text: `sqs2pg-key-1:` and 32 random bytes in base64url. */
export function generateKey(): string {
  return keyText(randomBytes(KEY_BYTES));
}

/** The line of a key's bytes. */
export function keyText(bytes: Uint8Array): string {
  return PREFIXES.key + Buffer.from(bytes).toString("base64url");
}

/** A new key pair for the mask `sealed`, a line each: `sqs2pg-private-1:` and `sqs2pg-public-1:`, 32 bytes in base64url. */
export async function generateKeyPair(): Promise<{
  readonly privateKey: string;
  readonly publicKey: string;
}> {
  const [privateBytes, publicBytes] = await generatePairBytes();
  return {
    privateKey: PREFIXES.private + privateBytes.toString("base64url"),
    publicKey: PREFIXES.public + publicBytes.toString("base64url"),
  };
}

/**
 * Reads a key as `generateKey` writes it. Blank lines, lines that start with `#`, white space around the key and a
 * byte order mark are allowed. Throws UsageError `key_empty`, `key_several`, `key_malformed`, `key_too_short` or
 * `key_too_long`; the message never shows what was given.
 */
export function parseKey(text: string): MaskKey {
  const [line, ...others] = keyLines(text);
  if (line === undefined) throw new UsageError("key_empty", `there is no masking key: ${REMEDY}`);
  if (others.length > 0) throw new UsageError("key_several", `more than one line of masking key: ${REMEDY}`);
  return keyFromBytes(decode("key", line.text));
}

/**
 * Reads keys of any kind, one a line, with comments and blank lines as `parseKey` takes them. Of each kind the first is
 * primary. Throws UsageError as `parseKey` does, and `key_repeated`; the message names the line and never shows it.
 */
export function parseKeys(text: string): Keyring {
  const keys: MaskKey[] = [];
  const publicKeys: PublicKey[] = [];
  const privateKeys: PrivateKey[] = [];
  /** Those with a line of their own. */
  const listed: PublicKey[] = [];
  const lines = keyLines(text);
  if (lines.length === 0) throw new UsageError("key_empty", `there is no masking key: ${REMEDY}`);
  const add = <Key extends { readonly id: string }>(to: Key[], key: Key): void => {
    if (to.some(({ id }) => id === key.id)) {
      throw new UsageError("key_repeated", `the key ${key.id} is there before: remove one of the two`);
    }
    to.push(key);
  };
  for (const { number, text: line } of lines) {
    try {
      const kind = kindOf(line);
      const bytes = decode(kind, line);
      if (kind === "key") add(keys, keyFromBytes(bytes));
      else {
        const publicKey = kind === "public" ? publicKeyFromBytes(bytes) : publicHalf(bytes);
        if (kind === "public") add(listed, publicKey);
        else add(privateKeys, privateKeyFromBytes(bytes, publicKey));
        // Both halves of a pair may be there.
        if (!publicKeys.some(({ id }) => id === publicKey.id)) publicKeys.push(publicKey);
      }
    } catch (error) {
      if (!(error instanceof UsageError) || isOneLine(text)) throw error;
      throw new UsageError(error.code, `line ${number}: ${error.message}`, { cause: error });
    }
  }
  return { keys, publicKeys, privateKeys };
}

/** Where there is one line only, its number says nothing. */
export function isOneLine(text: string): boolean {
  return !/[\r\n]/.test(text.trim());
}

interface KeyLine {
  /** From 1, comments and blank lines counted. */
  readonly number: number;
  readonly text: string;
}

/** The lines that are to be keys. */
export function keyLines(text: string): KeyLine[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line, index) => ({ number: index + 1, text: line.trim() }))
    .filter((line) => line.text !== "" && !line.text.startsWith("#"));
}

function kindOf(line: string): KeyKind {
  if (line.startsWith(PREFIXES.public)) return "public";
  return line.startsWith(PREFIXES.private) ? "private" : "key";
}

function decode(kind: KeyKind, line: string): Buffer {
  const prefix = PREFIXES[kind];
  const what = kind === "key" ? "the masking key" : `the ${kind} key`;
  const remedy = REMEDY.replace(PREFIXES.key, prefix).replace(
    "sqs2pg keygen",
    kind === "key" ? "sqs2pg keygen" : "sqs2pg keygen --pair",
  );
  if (!line.startsWith(prefix)) {
    throw new UsageError("key_malformed", `${what} does not start as one: ${remedy}`);
  }
  const encoded = line.slice(prefix.length);
  if (!/^[A-Za-z0-9_-]*$/.test(encoded)) {
    throw new UsageError("key_malformed", `${what} has a character that is not base64url: ${remedy}`);
  }
  if (encoded.length < ENCODED_LENGTH) {
    throw new UsageError("key_too_short", `${what} is too short, maybe cut off: ${remedy}`);
  }
  if (encoded.length > ENCODED_LENGTH) {
    throw new UsageError("key_too_long", `${what} is too long: ${remedy}`);
  }
  const bytes = Buffer.from(encoded, "base64url");
  // Two bits of the last character are unused; any but zero is a second spelling of a key, or a typing error.
  if (bytes.toString("base64url") !== encoded) {
    throw new UsageError("key_malformed", `${what} ends in a wrong character: ${remedy}`);
  }
  return bytes;
}

/** PKCS#8 in front of an X25519 private key's 32 bytes (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b656e04220420", "hex");

function publicHalf(privateBytes: Buffer): PublicKey {
  const der = Buffer.concat([PKCS8_HEAD, privateBytes]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return publicKeyFromBytes(spki.subarray(-KEY_BYTES));
}
