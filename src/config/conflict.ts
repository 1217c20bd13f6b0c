import { STRATEGIES } from "../masking/index.js";
import { suggestion } from "../nearest.js";
import { quoted } from "../quoted.js";
import type { Column, Conflict, Pipeline } from "./pipeline.js";
import type { Note, RawMap } from "./reading.js";

/** Types whose values have one spelling for each value, by which keys are told apart. */
const KEY_TYPES: ReadonlySet<string> = new Set(
  "text,varchar,char,smallint,integer,bigint,numeric,boolean,uuid,date,timestamp,timestamptz,time,inet,cidr,bytea".split(
    ",",
  ),
);

/** https://www.postgresql.org/docs/current/limits.html */
const MOST_KEY_COLUMNS = 32;

/** Converters that give NULL for what they cannot express. */
const NULLING: readonly unknown[] = ["app-version", "semver-major", "semver-minor", "semver-patch"];

/** Reads `key` and `on_conflict`; an empty object where there is none, or none that can be read. */
export function readConflict(
  raw: RawMap,
  { columns, constants }: Pick<Pipeline, "columns" | "constants">,
  note: Note,
): { readonly conflict?: Conflict } {
  const { key: given, on_conflict: action } = raw;
  if (given === undefined) {
    if (action !== undefined)
      note("on_conflict", "needs a key: name the columns of a unique key of the table");
    return {};
  }
  const key = (Array.isArray(given) ? given : [given]).filter((name) => typeof name === "string");
  if (key.length > MOST_KEY_COLUMNS) {
    note("key", `a unique key of a PostgreSQL table has at most ${MOST_KEY_COLUMNS} columns`);
    return {};
  }
  for (const name of key) {
    const problem = keyProblem(name, columns, constants);
    if (problem !== undefined) note("key", problem);
  }
  if (new Set(key).size < key.length) note("key", "names a column twice");
  if (key.length > 0 && key.every((name) => constants.some((constant) => constant.name === name)))
    note("key", "is the same in every row, so that only one would be left: name a column, too");
  return { conflict: { key, action: action === "ignore" ? "ignore" : "update" } };
}

function keyProblem(
  name: string,
  columns: readonly Column[],
  constants: Pipeline["constants"],
): string | undefined {
  const constant = constants.find((one) => one.name === name);
  if (constant !== undefined) return constant.text === null ? `${name} is NULL in every row` : undefined;
  const column = columns.find((one) => one.name === name);
  if (column === undefined) {
    const names = [...columns, ...constants].map((one) => one.name);
    // What is wrong with the columns has been said.
    if (names.length === 0) return undefined;
    return `${quoted(name)} is none of the columns${suggestion(name, names)}`;
  }
  const vague = column.convert?.find((converter) => NULLING.includes(converter));
  if (vague !== undefined)
    return `${name} is NULL where ${vague} cannot convert a value, and rows are not told apart by NULL`;
  if (column.nullOnError) return `${name} is NULL where a value does not fit: it needs on_error: reject`;
  if (!column.required && (column.default ?? null) === null)
    return `${name} can be NULL, and rows are not told apart by NULL: it needs required: true, or a default`;
  if (!KEY_TYPES.has(column.type.name))
    return `${name} is ${column.type.name}, by which no row is told apart`;
  return keyMaskProblem(column);
}

/** Why a column cannot be part of a key as it is masked, if so: equal values have to stay equal, and others different. */
export function keyMaskProblem({ name, mask }: Column): string | undefined {
  if (mask === undefined) return undefined;
  if (mask.strategy === "null" || mask.onInvalid === "null") return `${name} is NULL by its mask`;
  const { deterministic, joinable } = STRATEGIES[mask.strategy];
  if (deterministic && joinable) return undefined;
  if (deterministic)
    return `${name} is masked by ${mask.strategy}, which makes the same of different values: choose a mask to join by, such as hmac-sha256`;
  return `${name} is masked by ${mask.strategy}, which makes something else of equal values each time: choose a deterministic mask, such as aes-siv`;
}
