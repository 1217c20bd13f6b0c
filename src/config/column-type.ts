import { suggestion } from "./nearest.js";
import type { ColumnType } from "./pipeline.js";
import type { Reading } from "./reading.js";
import { quoted } from "./values.js";

/** The plain names and their aliases: https://www.postgresql.org/docs/current/datatype.html */
const PLAIN_TYPES: ReadonlyMap<string, ColumnType> = new Map<string, ColumnType>([
  ["text", { name: "text" }],
  ["smallint", { name: "smallint" }],
  ["int2", { name: "smallint" }],
  ["integer", { name: "integer" }],
  ["int", { name: "integer" }],
  ["int4", { name: "integer" }],
  ["bigint", { name: "bigint" }],
  ["int8", { name: "bigint" }],
  ["boolean", { name: "boolean" }],
  ["bool", { name: "boolean" }],
  ["date", { name: "date" }],
  ["timestamptz", { name: "timestamptz" }],
  ["timestamp with time zone", { name: "timestamptz" }],
  ["inet", { name: "inet" }],
]);

const OFFERED = [
  "text",
  "varchar(n)",
  "smallint",
  "integer",
  "bigint",
  "boolean",
  "date",
  "timestamptz",
  "inet",
];
/** PostgreSQL's own limit of n. */
const LONGEST_VARCHAR = 10_485_760;

/** Reads a column type as PostgreSQL spells it. */
export function parseColumnType(text: string): Reading<ColumnType> {
  const name = text.trim().toLowerCase().replace(/\s+/g, " ");
  const plain = PLAIN_TYPES.get(name);
  if (plain !== undefined) return { value: plain };
  const varchar = /^(?:varchar|character varying) ?(?:\( ?(\d+) ?\))?$/.exec(name);
  if (varchar !== null) {
    if (varchar[1] === undefined)
      return { problem: "varchar needs its length, such as varchar(255); or use text" };
    const length = Number(varchar[1]);
    if (length >= 1 && length <= LONGEST_VARCHAR) return { value: { name: "varchar", length } };
    return { problem: `the length of a varchar goes from 1 to ${LONGEST_VARCHAR.toLocaleString("en-US")}` };
  }
  if (/^timestamp(?: without time zone)?$/.test(name)) {
    return { problem: "a timestamp without time zone is ambiguous; use timestamptz" };
  }
  return { problem: `${quoted(text)} is no type that can be loaded${suggestion(name, OFFERED)}` };
}

/** The type as PostgreSQL spells it. */
export function typeText(type: ColumnType): string {
  return type.name === "varchar" ? `varchar(${type.length})` : type.name;
}
