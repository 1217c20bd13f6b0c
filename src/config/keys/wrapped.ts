import { UsageError } from "../../errors.js";

const PREFIX = "sqs2pg-kms-1:";
/** KMS's ciphertexts have up to 6,144 bytes. */
const ENCODED = /^[A-Za-z0-9_-]{40,8192}$/;

/** Whether a line is a key that KMS has wrapped: `sqs2pg-kms-1:` and its CiphertextBlob in base64url. */
export function isWrapped(line: string): boolean {
  return line.startsWith(PREFIX);
}

/** The CiphertextBlob of a wrapped line. Throws UsageError `key_malformed`, which does not show the line. */
export function wrappedBytes(line: string): Buffer {
  const encoded = line.slice(PREFIX.length);
  if (isWrapped(line) && ENCODED.test(encoded)) return Buffer.from(encoded, "base64url");
  throw new UsageError(
    "key_malformed",
    "the wrapped key is cut off or changed: expected one line, as `sqs2pg keygen --kms` prints it",
  );
}

/** The line of a CiphertextBlob; undefined for what cannot be one. */
export function wrappedLine(ciphertext: Uint8Array = Buffer.alloc(0)): string | undefined {
  const encoded = Buffer.from(ciphertext).toString("base64url");
  return ENCODED.test(encoded) ? PREFIX + encoded : undefined;
}
