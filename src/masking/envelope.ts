import { UsageError } from "../errors.js";
import { MaskError } from "./errors.js";
import { MASK_DEFAULTS, type MaskSpec } from "./spec.js";

/** What a stored value begins with: the scheme and its version. */
export type Scheme = "s1" | "g1" | "p1";

export interface Envelope {
  /** Of the key that it was made with, 8 hex digits. */
  readonly keyId: string;
  readonly payload: Buffer;
}

const PATTERN = /^(s1|g1|p1)\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/;
const HEAD_LENGTH = "s1.".length + "00000000.".length;

/** The stored form: `scheme.keyid.payload`, the payload in base64url without padding (RFC 4648, section 5). */
export function writeEnvelope(scheme: Scheme, { keyId, payload }: Envelope): string {
  return `${scheme}.${keyId}.${payload.toString("base64url")}`;
}

/** Throws MaskError `not_masked` for what is no envelope of this scheme, or a second spelling of one. */
export function readEnvelope(scheme: Scheme, text: string): Envelope {
  const [, found, keyId = "", encoded = ""] = PATTERN.exec(text) ?? [];
  const payload = Buffer.from(encoded, "base64url");
  if (found !== scheme || payload.toString("base64url") !== encoded) {
    throw new MaskError("not_masked", `it does not have the form of a masked value, ${scheme}.<key id>....`);
  }
  return { keyId, payload };
}

/** The scheme and the key of a stored value, without its key; undefined for everything else. */
export function envelopeHead(text: string): { readonly scheme: Scheme; readonly keyId: string } | undefined {
  const [, scheme, keyId] = PATTERN.exec(text) ?? [];
  return scheme === undefined || keyId === undefined ? undefined : { scheme: scheme as Scheme, keyId };
}

/** What is authenticated with a value. The first two parts have fixed lengths, so no two triples give the same bytes. */
export function associatedData(scheme: Scheme, keyId: string, domain: string): Buffer {
  return Buffer.from(`${scheme}|${keyId}|${domain}`, "utf8");
}

/** Characters of an envelope around a value of the most bytes that its spec allows. */
export function envelopeLength(
  { maxBytes = MASK_DEFAULTS.maxBytes }: MaskSpec,
  overheadBytes: number,
): number {
  return HEAD_LENGTH + Math.ceil(((maxBytes + overheadBytes) * 4) / 3);
}

/** Throws UsageError `mask_invalid` for a `maxBytes` that limits nothing, or everything. */
export function checkMaxBytes({ strategy, maxBytes }: MaskSpec): void {
  if (maxBytes === undefined || (Number.isSafeInteger(maxBytes) && maxBytes > 0)) return;
  throw new UsageError("mask_invalid", `maxBytes of the mask ${strategy} must be a whole number, 1 or more`);
}

/**
 * A value's bytes, to be got back without a loss. Throws MaskError `lone_surrogate` for a text that has no UTF-8 form,
 * `too_long` for one of more bytes than its spec allows.
 */
export function plaintextOf(value: string, { maxBytes }: MaskSpec): Buffer {
  if (!value.isWellFormed()) {
    throw new MaskError("lone_surrogate", "it holds a lone surrogate, which UTF-8 cannot express");
  }
  const plaintext = Buffer.from(value, "utf8");
  if (maxBytes !== undefined && plaintext.length > maxBytes) {
    throw new MaskError("too_long", `it has more than ${maxBytes} bytes`);
  }
  return plaintext;
}

/** The error for a value whose key is not there. */
export function keyNotHeld(keyId: string, what = "the key"): MaskError {
  return new MaskError("key_not_held", `it was masked with ${what} ${keyId}, which is not among the keys`);
}

/** The error for a value that does not prove genuine. */
export function tampered(cause: unknown): MaskError {
  return new MaskError("tampered", "it was changed since it was masked, or belongs to another field", {
    cause,
  });
}
