import {
  isMaskName,
  type MaskName,
  type MaskSetting,
  type MaskSpec,
  type MaskStrategy,
  STRATEGIES,
} from "../masking/index.js";
import { MASK_DEFAULTS } from "../masking/spec.js";
import type { ColumnType } from "../types/column-type.js";
import { typeText } from "../types/column-type.js";
import { identifierProblem } from "./identifier.js";
import type { Column, Source } from "./pipeline.js";
import { isMap, type Note, type RawMap } from "./reading.js";

/** What a file calls the settings of masks. */
const SETTINGS: Readonly<Record<string, MaskSetting>> = {
  key_id: "keyId",
  max_bytes: "maxBytes",
  keep_last: "keepLast",
  replacement: "replacement",
  on_invalid: "onInvalid",
  ipv4_prefix: "ipv4Prefix",
  ipv6_prefix: "ipv6Prefix",
  alphabet: "alphabet",
};

/** The companion is an HMAC: 64 characters. */
const COMPANION_TYPE: ColumnType = { name: "varchar", length: 64 };

/**
 * What a mask makes has to fit its column; undefined if it does. Used for the config file and again when a flag puts
 * another mask in its place.
 */
export function maskMisfit(spec: MaskSpec, type: ColumnType): string | undefined {
  const strategy = STRATEGIES[spec.strategy];
  if (type.name === "text") return undefined;
  if (type.name === "inet" || type.name === "cidr") return addressMisfit(spec, strategy, type.name);
  if (type.name === "char") return charMisfit(spec, strategy, type.length);
  if (type.name !== "varchar") return `a masked value is text, so the column cannot be ${typeText(type)}`;
  const length = strategy.outputLength(spec);
  if (length === undefined || length <= type.length) return undefined;
  return `${spec.strategy} gives ${lengthText(spec, strategy, length)}, more than ${typeText(type)} holds`;
}

function addressMisfit(
  { strategy, onInvalid }: MaskSpec,
  { output }: MaskStrategy,
  type: "inet" | "cidr",
): string | undefined {
  if (strategy === "null") return undefined;
  const column = type === "inet" ? "an inet column" : "a cidr column";
  if (output !== "ip") return `${strategy} makes text, and ${column} takes addresses: use an ip-* mask`;
  return onInvalid === "hmac" ? `an HMAC is text, which ${column} does not take` : undefined;
}

/** Masks whose output always has the same length: char(n) pads all others, and so makes other values of them. */
const EVEN_LENGTH: readonly MaskName[] = ["hmac-sha256", "sha256", "token"];

function charMisfit(spec: MaskSpec, { outputLength }: MaskStrategy, length: number): string | undefined {
  if (spec.strategy === "null") return undefined;
  if (EVEN_LENGTH.includes(spec.strategy) && outputLength(spec) === length) return undefined;
  return `char(${length}) pads what is shorter with spaces: use varchar for ${spec.strategy}`;
}

function lengthText(
  { maxBytes = MASK_DEFAULTS.maxBytes }: MaskSpec,
  { settings, namesKey }: MaskStrategy,
  length: number,
): string {
  if (!namesKey || !settings.includes("maxBytes")) return `${length} characters`;
  return `up to ${length} characters for values of up to ${maxBytes} bytes (max_bytes)`;
}

/** Reads a column's mask and its settings; undefined where there is none, or none that can be read. */
export function readMask(raw: RawMap, from: Source | undefined, note: Note): MaskSpec | undefined {
  const mask = raw["mask"];
  const given: RawMap = isMap(mask) ? mask : {};
  const strategy = isMap(mask) ? mask["strategy"] : mask;
  if (mask === undefined && raw["domain"] !== undefined) note("domain", "does nothing without a mask");
  if (given["domain"] !== undefined && raw["domain"] !== undefined) {
    note("domain", "is set twice: here and in the mask");
  }
  if (typeof strategy !== "string" || !isMaskName(strategy)) return undefined;
  const domain = given["domain"] ?? raw["domain"] ?? from?.text;
  return {
    strategy,
    domain: typeof domain === "string" ? domain : "",
    ...readSettings(strategy, given, note),
  };
}

function readSettings(strategy: MaskName, given: RawMap, note: Note): Partial<MaskSpec> {
  const { settings } = STRATEGIES[strategy];
  const read: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const value = given[name];
    if (value === undefined) continue;
    if (!settings.includes(setting)) note(`mask.${name}`, `is for ${masksWith(setting)} only`);
    else if (typeof value === "string" && (value.includes("\u0000") || !value.isWellFormed()))
      note(`mask.${name}`, "cannot hold a NUL or a lone surrogate");
    else read[setting] = value;
  }
  return read;
}

function masksWith(setting: MaskSetting): string {
  const names = Object.values(STRATEGIES)
    .filter(({ settings }) => settings.includes(setting))
    .map(({ name }) => name);
  return names.length === 1 ? `the mask ${names[0]}` : `the masks ${names.join(", ")}`;
}

/**
 * The column that a randomised mask is joined by: the HMAC of the same value. Undefined without one; notes what is wrong
 * with it.
 */
export function readCompanion(raw: RawMap, column: Column, note: Note): Column | undefined {
  const name = isMap(raw["mask"]) ? raw["mask"]["companion"] : undefined;
  if (typeof name !== "string" || column.mask === undefined) return undefined;
  const { strategy, domain, keyId } = column.mask;
  if (strategy !== "aes-gcm" && strategy !== "sealed") {
    note("mask.companion", "is for the masks aes-gcm, sealed only: the others need none");
  }
  const problem = identifierProblem(name);
  if (problem !== undefined) note("mask.companion", problem);
  return {
    name,
    from: column.from,
    type: COMPANION_TYPE,
    required: false,
    ...(column.convert === undefined ? {} : { convert: column.convert }),
    ...(column.nullOnError ? { nullOnError: true } : {}),
    // The id of a sealed column's key is a key pair's.
    mask: {
      strategy: "hmac-sha256",
      domain,
      ...(keyId === undefined || strategy === "sealed" ? {} : { keyId }),
    },
    companionOf: column.name,
  };
}
