import type { Check, Fault } from "./cell.js";
import { textFaults } from "./text.js";

const HEX = /^\\x(?:[0-9a-f]{2})*$/i;

/**
 * Bytes: a text in base64 (RFC 4648, of either alphabet, with its padding or without), or in PostgreSQL's own `\x` and
 * hexadecimal digits. PostgreSQL itself would take almost any text for bytes, and base64 for its own letters.
 */
export function createByteaCheck(target: string): Check {
  const { wrongType } = textFaults(target);
  const invalid: Fault = {
    fault: "invalid_bytes",
    reason: `must be base64, or \\x and hexadecimal digits, for ${target}`,
  };
  return (value) => {
    if (typeof value !== "string") return wrongType;
    if (value.startsWith("\\")) return HEX.test(value) ? value : invalid;
    const bytes = base64Bytes(value);
    return bytes === undefined ? invalid : byteaText(bytes);
  };
}

/** Bytes as PostgreSQL reads and writes them. */
export function byteaText(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

/** Strictly: Node's own decoder passes over what it does not know. */
function base64Bytes(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  const padded = bytes.toString("base64");
  const bare = padded.replace(/=+$/, "");
  const spellings = [padded, bare, urlSafe(padded), urlSafe(bare)];
  return spellings.includes(text) ? bytes : undefined;
}

function urlSafe(text: string): string {
  return text.replaceAll("+", "-").replaceAll("/", "_");
}
