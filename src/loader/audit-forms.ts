import { MASK_DEFAULTS, type MaskSpec } from "../masking/spec.js";

/** An SQL condition with its bindings. */
export interface Form {
  readonly sql: string;
  readonly bindings: readonly (string | number)[];
}

/** Regular expressions are bindings: Knex would take their question marks for some. */
const HEX_DIGEST = "^[0-9a-f]{64}$";
const OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
const IPV4 = `^(${OCTET}\\.){3}${OCTET}$`;
const GROUPS = "[0-9a-f]{1,4}(:[0-9a-f]{1,4})*";
/** As RFC 5952 writes them: eight groups, or `::` in the place of two or more. */
const IPV6 = `^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$|^(?=([^:]*:){2,7}[^:]*$)(${GROUPS})?::(${GROUPS})?$`;

/** What `ff1` encrypts, and what it leaves where it is. */
const FF1_ALPHABETS = {
  digits: ["0-9", 6],
  "lower-alphanumeric": ["0-9a-z", 4],
  "upper-alphanumeric": ["0-9A-Z", 4],
  alphanumeric: ["0-9A-Za-z", 4],
} as const;

/** A stored value of a mask that names its key: the parentheses are around the key's id. */
export const KEYED_FORMS: Readonly<Partial<Record<MaskSpec["strategy"], string>>> = {
  "aes-siv": envelope("s1", 22),
  "aes-gcm": envelope("g1", 38),
  sealed: envelope("p1", 80),
};

/** `fewest`: base64url characters of the payload of an empty value. */
function envelope(scheme: string, fewest: number): string {
  return `^${scheme}\\.([0-9a-f]{8})\\.[A-Za-z0-9_-]{${fewest},}$`;
}

/**
 * What the values that a mask makes have in common, as a condition on the SQL expression `value`: a text, or an inet. For `ip-prefix` and `ff1` that is the form of the values before; and
 * hex digits do not say which hash they are.
 */
export function formOf(mask: MaskSpec, value: string, type: "text" | "inet" = "text"): Form {
  switch (mask.strategy) {
    case "hmac-sha256":
    case "sha256":
      return matches(value, HEX_DIGEST);
    case "redact":
      return { sql: `${value} = ?::text`, bindings: [mask.replacement ?? MASK_DEFAULTS.replacement] };
    case "null":
      return { sql: "false", bindings: [] };
    case "partial":
      return partialForm(mask, value);
    case "token":
      return matches(value, "^t1\\.[A-Za-z0-9_-]{22}$");
    case "ip-truncate":
      return orHmac(mask, value, truncatedForm(mask, value, isAddress(value, type)));
    case "ip-prefix":
      return orHmac(mask, value, isAddress(value, type));
    case "ff1":
      return ff1Form(mask, value);
    default:
      return matches(value, KEYED_FORMS[mask.strategy] ?? "");
  }
}

function matches(value: string, pattern: string): Form {
  return { sql: `${value} ~ ?::text`, bindings: [pattern] };
}

function isAddress(value: string, type: "text" | "inet"): Form {
  if (type === "inet") return { sql: "true", bindings: [] };
  return { sql: `(${value} ~ ?::text or ${value} ~ ?::text)`, bindings: [IPV4, IPV6] };
}

/** Asterisks before the last characters, and nothing else where there are no more than those. */
function partialForm({ keepLast = MASK_DEFAULTS.keepLast }: MaskSpec, value: string): Form {
  const hidden = `case when char_length(${value}) > ?::integer
    then left(${value}, char_length(${value}) - ?::integer) else ${value} end`;
  return { sql: `translate(${hidden}, '*', '') = ''`, bindings: [keepLast, keepLast] };
}

/** `case`, since what is no address must not be cast to one. */
function truncatedForm(
  { ipv4Prefix = MASK_DEFAULTS.ipv4Prefix, ipv6Prefix = MASK_DEFAULTS.ipv6Prefix }: MaskSpec,
  value: string,
  { sql, bindings }: Form,
): Form {
  const address = `${value}::inet`;
  const prefix = `case family(${address}) when 4 then ?::integer else ?::integer end`;
  return {
    sql: `case when ${sql} then host(network(set_masklen(${address}, ${prefix}))) = host(${address}) else false end`,
    bindings: [...bindings, ipv4Prefix, ipv6Prefix],
  };
}

function orHmac({ onInvalid }: MaskSpec, value: string, form: Form): Form {
  if (onInvalid !== "hmac") return form;
  return { sql: `(${form.sql} or ${value} ~ ?::text)`, bindings: [...form.bindings, HEX_DIGEST] };
}

function ff1Form({ alphabet = MASK_DEFAULTS.alphabet }: MaskSpec, value: string): Form {
  const [characters, fewest] = FF1_ALPHABETS[alphabet];
  const separators = "[-_ ./:+()]*";
  return matches(value, `^${separators}([${characters}]${separators}){${fewest},}$`);
}
