export type MaskName =
  | "hmac-sha256"
  | "sha256"
  | "redact"
  | "partial"
  | "null"
  | "aes-siv"
  | "aes-gcm"
  | "sealed"
  | "token"
  | "ip-truncate"
  | "ip-prefix"
  | "ff1";

/** What to do with a value that an `ip-*` mask cannot mask: refuse it, store NULL, or its `hmac-sha256`. */
export type OnInvalid = "reject" | "null" | "hmac";

/** The characters of an `ff1` value; all others but separators are refused. */
export type Alphabet = "digits" | "lower-alphanumeric" | "upper-alphanumeric" | "alphanumeric";

/** How a field is masked: the strategy's name and its settings. */
export interface MaskSpec {
  readonly strategy: MaskName;
  /** Separates the outputs of keyed strategies from each other; a pipeline sets it to the column's `from`. */
  readonly domain: string;
  /** Keyed strategies: the id of the key to mask with, in the place of the first one. */
  readonly keyId?: string;
  /** Strategies that keep the value: its most bytes in UTF-8, by which a column's width is judged; 64 unless given. */
  readonly maxBytes?: number;
  /** `partial` only: how many characters at the end stay readable. */
  readonly keepLast?: number;
  /** `redact` only: what stands in for every value. */
  readonly replacement?: string;
  /** `ip-truncate` and `ip-prefix`: what becomes of a value that is no IP address; `reject` unless given. */
  readonly onInvalid?: OnInvalid;
  /** `ip-truncate` only: leading bits of an IPv4 address that are kept; 24 unless given. */
  readonly ipv4Prefix?: number;
  /** `ip-truncate` only: leading bits of an IPv6 address that are kept; 48 unless given. */
  readonly ipv6Prefix?: number;
  /** `ff1` only; `digits` unless given. */
  readonly alphabet?: Alphabet;
}

/** The settings that only some strategies know. */
export type MaskSetting = Exclude<keyof MaskSpec, "strategy" | "domain">;

/** What the settings are where a spec does not say. */
export const MASK_DEFAULTS: Required<Omit<MaskSpec, "strategy" | "domain" | "keyId">> = {
  maxBytes: 64,
  keepLast: 4,
  replacement: "[redacted]",
  onInvalid: "reject",
  ipv4Prefix: 24,
  ipv6Prefix: 48,
  alphabet: "digits",
};
