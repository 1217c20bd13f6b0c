import { randomBytes } from "node:crypto";
import { UsageError } from "../errors.js";
import { keyFromBytes, type MaskKey } from "./key.js";

const PREFIX = "sqs2pg-key-1:";
const KEY_BYTES = 32;
/** 32 bytes in base64url without padding (RFC 4648, section 5). */
const ENCODED_LENGTH = 43;
const REMEDY = "expected one line, sqs2pg-key-1: and 43 base64url characters, as `sqs2pg keygen` prints it";

/** A new key as one line of text: `sqs2pg-key-1:` and 32 random bytes in base64url. */
export function generateKey(): string {
  return PREFIX + randomBytes(KEY_BYTES).toString("base64url");
}

/**
 * Reads a key as `generateKey` writes it. Blank lines, lines that start with `#`, white space around the key and a
 * byte order mark are allowed. Throws UsageError `key_empty`, `key_several`, `key_malformed`, `key_too_short` or
 * `key_too_long`; the message never shows what was given.
 */
export function parseKey(text: string): MaskKey {
  const [line, ...others] = text
    .split(/\r\n|\r|\n/)
    .map((candidate) => candidate.trim())
    .filter((candidate) => candidate !== "" && !candidate.startsWith("#"));
  if (line === undefined) throw new UsageError("key_empty", `there is no masking key: ${REMEDY}`);
  if (others.length > 0) throw new UsageError("key_several", `more than one line of masking key: ${REMEDY}`);
  return keyFromBytes(decode(line));
}

function decode(line: string): Buffer {
  if (!line.startsWith(PREFIX)) {
    throw new UsageError("key_malformed", `the masking key does not start as one: ${REMEDY}`);
  }
  const encoded = line.slice(PREFIX.length);
  if (!/^[A-Za-z0-9_-]*$/.test(encoded)) {
    throw new UsageError("key_malformed", `the masking key has a character that is not base64url: ${REMEDY}`);
  }
  if (encoded.length < ENCODED_LENGTH) {
    throw new UsageError("key_too_short", `the masking key is too short, maybe cut off: ${REMEDY}`);
  }
  if (encoded.length > ENCODED_LENGTH) {
    throw new UsageError("key_too_long", `the masking key is too long: ${REMEDY}`);
  }
  const bytes = Buffer.from(encoded, "base64url");
  // Two bits of the last character are unused; any but zero is a second spelling of a key, or a typing error.
  if (bytes.toString("base64url") !== encoded) {
    throw new UsageError("key_malformed", `the masking key ends in a wrong character: ${REMEDY}`);
  }
  return bytes;
}
