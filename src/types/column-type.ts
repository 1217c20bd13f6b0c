import { formatCount } from "../format-count.js";
import { suggestion } from "../nearest.js";
import { quoted } from "../quoted.js";
import type { Reading } from "../reading.js";

/** A type of one value. */
export type ScalarType =
  | { readonly name: "text" }
  | { readonly name: "varchar" | "char"; readonly length: number }
  | { readonly name: "smallint" | "integer" | "bigint" }
  | { readonly name: "numeric"; readonly precision?: number; readonly scale?: number }
  | {
      readonly name:
        | "real"
        | "double precision"
        | "boolean"
        | "uuid"
        | "date"
        | "timestamp"
        | "timestamptz"
        | "time"
        | "interval"
        | "json"
        | "jsonb"
        | "inet"
        | "cidr"
        | "bytea";
    };

export type ColumnType = ScalarType | { readonly name: "array"; readonly element: ScalarType };

type TypeName = ScalarType["name"];

/** All types of one value, as they are offered. */
export const SCALAR_TYPES: readonly TypeName[] = [
  ...(["text", "varchar", "char", "smallint", "integer", "bigint", "numeric", "real"] as const),
  ...(["double precision", "boolean", "uuid", "date", "timestamp", "timestamptz", "time"] as const),
  ...(["interval", "json", "jsonb", "inet", "cidr", "bytea"] as const),
];

/** What PostgreSQL calls them besides: https://www.postgresql.org/docs/current/datatype.html */
const ALIASES: Readonly<Record<string, TypeName>> = {
  "character varying": "varchar",
  "char varying": "varchar",
  character: "char",
  bpchar: "char",
  int2: "smallint",
  int: "integer",
  int4: "integer",
  int8: "bigint",
  decimal: "numeric",
  dec: "numeric",
  float4: "real",
  float8: "double precision",
  bool: "boolean",
  "timestamp without time zone": "timestamp",
  "timestamp with time zone": "timestamptz",
  "time without time zone": "time",
};

/** Types that are not offered, and what is used in their place. */
const INSTEAD: Readonly<Record<string, string>> = {
  smallserial: "smallint",
  serial: "integer",
  bigserial: "bigint",
  money: "numeric(12,2)",
  citext: "text, which the table's own column takes",
  timetz: "time, or timestamptz for a moment",
  "time with time zone": "time, or timestamptz for a moment",
};

/** PostgreSQL's own limits. */
const LONGEST_TEXT = 10_485_760;
const MOST_DIGITS = 1000;
const MOST_FRACTION_DIGITS = 6;
const MOST_FLOAT_BITS = 53;
const MOST_REAL_BITS = 24;

/** A type with its arguments and what it is an array of: `numeric (10, 2)[]`. */
const SPELLING =
  /^(?<name>[a-z][a-z0-9_ ]*?) ?(?:\((?<args>[^()]*)\))?(?<zone> (?:with|without) time zone)?(?<array>(?: ?\[\d*\])+| array(?:\[\d*\])?)?$/;

/** Reads a column type as PostgreSQL spells it. */
export function parseColumnType(text: string): Reading<ColumnType> {
  const spelled = text.trim().toLowerCase().replace(/\s+/g, " ");
  // The catalogue's names of array types.
  const plain = spelled.startsWith("_") ? `${spelled.slice(1)}[]` : spelled;
  const { name = "", args, zone = "", array } = SPELLING.exec(plain)?.groups ?? {};
  const read = parseScalar(name + zone, args?.split(",").map((arg) => arg.trim()) ?? [], text);
  if ("problem" in read || array === undefined) return read;
  if (array.split("[").length > 2)
    return { problem: `arrays have one dimension here: write ${typeText(read.value)}[]` };
  return { value: { name: "array", element: read.value } };
}

function parseScalar(spelled: string, args: readonly string[], text: string): Reading<ScalarType> {
  if (spelled === "float") return parseFloatType(args);
  const name = ALIASES[spelled] ?? SCALAR_TYPES.find((known) => known === spelled);
  if (name === undefined) return { problem: unknownText(spelled, args, text) };
  const numbers = args.map((arg) => (/^[+-]?\d{1,9}$/.test(arg) ? Number(arg) : Number.NaN));
  if (numbers.some(Number.isNaN)) return { problem: `what ${name} has in parentheses is no whole number` };
  switch (name) {
    case "varchar":
    case "char":
      // Without a length, char is char(1), and bpchar of any length.
      return parseLength(name, numbers.length === 0 && /^char(?:acter)?$/.test(spelled) ? [1] : numbers);
    case "numeric":
      return parseNumeric(numbers);
    case "timestamp":
    case "timestamptz":
    case "time":
    case "interval":
      return parseFraction(name, numbers);
    default:
      return numbers.length === 0 ? { value: { name } } : { problem: `${name} has nothing in parentheses` };
  }
}

function unknownText(spelled: string, args: readonly string[], text: string): string {
  const instead = INSTEAD[spelled];
  if (instead !== undefined) return `${quoted(text)} is no type that can be loaded; use ${instead}`;
  if (/^interval /.test(spelled)) return "an interval keeps all of its fields here: write interval";
  const typed = args.length > 0 ? `${spelled}(n)` : spelled || text;
  const offered = SCALAR_TYPES.map((name) =>
    name === "varchar" || name === "char" ? `${name}(n)` : name === "numeric" ? "numeric(p,s)" : name,
  );
  return `${quoted(text)} is no type that can be loaded${suggestion(typed, offered)}`;
}

function parseLength(name: "varchar" | "char", [length, ...more]: readonly number[]): Reading<ScalarType> {
  if (length === undefined) return { problem: `${name} needs its length, such as ${name}(255); or use text` };
  if (more.length === 0 && length >= 1 && length <= LONGEST_TEXT) return { value: { name, length } };
  return { problem: `the length of a ${name} goes from 1 to ${formatCount(LONGEST_TEXT)}` };
}

function parseNumeric([precision, scale = 0, ...more]: readonly number[]): Reading<ScalarType> {
  if (precision === undefined) return { value: { name: "numeric" } };
  const fits = precision >= 1 && precision <= MOST_DIGITS && Math.abs(scale) <= MOST_DIGITS;
  if (fits && more.length === 0) return { value: { name: "numeric", precision, scale } };
  return {
    problem: `numeric(p,s) has 1 to ${MOST_DIGITS} digits in all, and -${MOST_DIGITS} to ${MOST_DIGITS} of them behind the point`,
  };
}

/** Fractions of a second: the column itself rounds to them, as it does to microseconds. */
function parseFraction(
  name: "timestamp" | "timestamptz" | "time" | "interval",
  [digits = MOST_FRACTION_DIGITS, ...more]: readonly number[],
): Reading<ScalarType> {
  if (more.length === 0 && digits >= 0 && digits <= MOST_FRACTION_DIGITS) return { value: { name } };
  return { problem: `${name} has 0 to ${MOST_FRACTION_DIGITS} digits of a second` };
}

function parseFloatType([bits = String(MOST_FLOAT_BITS), ...more]: readonly string[]): Reading<ScalarType> {
  const wanted = /^\d{1,3}$/.test(bits) ? Number(bits) : 0;
  if (more.length > 0 || wanted < 1 || wanted > MOST_FLOAT_BITS)
    return { problem: `float has 1 to ${MOST_FLOAT_BITS} bits: write real or double precision` };
  return { value: { name: wanted <= MOST_REAL_BITS ? "real" : "double precision" } };
}

/** The type as PostgreSQL spells it. */
export function typeText(type: ColumnType): string {
  switch (type.name) {
    case "array":
      return `${typeText(type.element)}[]`;
    case "varchar":
    case "char":
      return `${type.name}(${type.length})`;
    case "numeric":
      return type.precision === undefined ? "numeric" : `numeric(${type.precision},${type.scale ?? 0})`;
    default:
      return type.name;
  }
}
