import { gunzipSync } from "node:zlib";
import type { Encoding } from "../../config/formats.js";
import type { Reject } from "../../reject.js";
import { parseReject } from "./parse-reject.js";

/** Of one payload, decoded: what inflates to more than this is not looked at. */
export const LARGEST_PAYLOAD_BYTES: number = 64 * 1024 * 1024;

const NOT_BASE64 = parseReject("not_base64", "the payload is not base64 (RFC 4648, with padding)");
const NOT_GZIP = parseReject("not_gzip", "the payload is base64 of no gzip data, or of damaged gzip data");
export const NOT_UTF8: { readonly reject: Reject } = parseReject(
  "not_utf8",
  "what the payload decodes to is not UTF-8 text",
);
export const TOO_LARGE: { readonly reject: Reject } = parseReject(
  "too_large",
  `the payload is larger than ${LARGEST_PAYLOAD_BYTES / 1024 / 1024} MiB when it is decoded`,
);

/**
 * The text that an encoded one stands for. Base64 is taken strictly: Node's own decoder passes over what it does not
 * know, and would make another payload of a damaged one. What inflates to more than `mostBytes` is not looked at.
 */
export function decodeText(
  encoded: string,
  encoding: Exclude<Encoding, "json">,
  mostBytes: number = LARGEST_PAYLOAD_BYTES,
): { readonly text: string } | { readonly reject: Reject } {
  const trimmed = encoded.trim();
  const bytes = Buffer.from(trimmed, "base64");
  if (bytes.toString("base64") !== trimmed) return NOT_BASE64;
  if (encoding === "base64") return utf8Text(bytes);
  const inflated = inflate(bytes, mostBytes);
  return "reject" in inflated ? inflated : utf8Text(inflated.bytes);
}

/** Bytes as text; a byte order mark stays, for the JSON parser to pass over. */
export function utf8Text(bytes: Uint8Array): { readonly text: string } | { readonly reject: Reject } {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return NOT_UTF8;
  }
}

function inflate(
  bytes: Uint8Array,
  mostBytes: number,
): { readonly bytes: Uint8Array } | { readonly reject: Reject } {
  try {
    return { bytes: gunzipSync(bytes, { maxOutputLength: mostBytes }) };
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    return code === "ERR_BUFFER_TOO_LARGE" ? TOO_LARGE : NOT_GZIP;
  }
}
