import type { ColumnType } from "../types/column-type.js";
import { quoteTable } from "./identifier.js";
import type { LoadTarget } from "./target.js";

/**
 * What tells the keys of a target apart: the SHA-256 of their values as a JSON list of texts, each spelt the same for equal
 * values and whatever the session's settings are.
 */
export function keyDigest({ columns, constants = [], conflict }: LoadTarget): string {
  const parts = (conflict?.key ?? []).map((name) => {
    const index = columns.findIndex((column) => column.name === name);
    const column = columns[index];
    if (column !== undefined) return canonical(`c${index + 1}`, column.type.name);
    return literal(constants.find((constant) => constant.name === name)?.text ?? "");
  });
  return `sha256(convert_to(jsonb_build_array(${parts.join(", ")})::text, 'UTF8'))`;
}

function canonical(value: string, type: ColumnType["name"]): string {
  switch (type) {
    case "char":
      // Trailing spaces mean nothing in it.
      return `rtrim(${value}, ' ')`;
    case "numeric":
      return `trim_scale(${value})::text`;
    // ISO 8601 in JSON, whatever DateStyle is.
    case "date":
    case "timestamp":
      return value;
    case "timestamptz":
      return `(${value} at time zone 'UTC')`;
    case "bytea":
      return `encode(${value}, 'hex')`;
    default:
      return `${value}::text`;
  }
}

/** Backslashes stand for themselves, and the question mark is escaped for Knex. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll("?", "\\?")}'::text`;
}

/**
 * Pipelines of one file that write to the same table may write other columns of it, so each has an order of its own. The
 * table by its full name, however the pipeline calls it.
 */
export function newestName({ table, name = "" }: LoadTarget): string {
  return `(select format('%I.%I', n.nspname, c.relname) || ${literal(name === "" ? "" : `/${name}`)}
   from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ${literal(quoteTable(table).replaceAll("\\?", "?"))}::regclass)`;
}

/**
 * How new a message is, the weightiest first, with the types: the time of sending in milliseconds; of the same time,
 * within a group its numbers. Groups stand in between, since numbers of different groups say nothing about each other: so
 * any messages have one order, whichever of them meet. The message id decides where all else is equal.
 */
export const AGE = [
  ["sent_at", "timestamptz"],
  ["group_hash", "bigint"],
  ["sequence", "numeric"],
] as const;
const AGE_NAMES = [...AGE.map(([name]) => name), "message_id"];

/** The newest first. */
export const NEWEST_FIRST: string = AGE_NAMES.map((name) => `${name} desc`).join(", ");

/** The keys for which a candidate is the newest so far: written down in the order of their digests. */
export function newestCte({
  newest,
  candidates,
  schema,
  target,
}: Readonly<Record<"newest" | "candidates" | "schema" | "target", string>>): string {
  return `${newest} as (
  insert into ${quoteTable({ schema, name: "newest" })} as known (target, key, ${AGE_NAMES.join(", ")})
  select ${target}, digest, ${AGE_NAMES.join(", ")} from ${candidates} order by digest
  on conflict (target, key) do update set ${AGE_NAMES.map((name) => `${name} = excluded.${name}`).join(", ")}
    where (${AGE_NAMES.map((name) => `excluded.${name}`).join(", ")}) > (${AGE_NAMES.map((name) => `known.${name}`).join(", ")})
  returning key as digest
)`;
}
