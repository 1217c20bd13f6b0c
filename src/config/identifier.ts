import type { Reading } from "../reading.js";
import type { TableName } from "./pipeline.js";

/** NAMEDATALEN - 1: https://www.postgresql.org/docs/current/sql-syntax-lexical.html */
export const LONGEST_NAME_BYTES = 63;

/** What keeps a name from being a PostgreSQL identifier, if anything: names are quoted, so any character but NUL goes. */
export function identifierProblem(name: string): string | undefined {
  if (name === "") return "a name cannot be empty";
  if (name.includes("\u0000") || !name.isWellFormed()) return "a name cannot hold a NUL or a lone surrogate";
  const bytes = Buffer.byteLength(name, "utf8");
  if (bytes > LONGEST_NAME_BYTES)
    return `PostgreSQL cuts names to ${LONGEST_NAME_BYTES} bytes, and this one has ${bytes}`;
  return undefined;
}

/** Reads `name` or `schema.name`. */
export function parseTable(text: string): Reading<TableName> {
  const parts = text.split(".");
  const [first, second] = parts;
  if (first === undefined || parts.length > 2) return { problem: "must be a table's name or schema.name" };
  const problem = parts.map(identifierProblem).find((found) => found !== undefined);
  if (problem !== undefined) return { problem };
  return { value: second === undefined ? { name: first } : { schema: first, name: second } };
}
