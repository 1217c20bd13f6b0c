import { identifierProblem } from "./identifier.js";
import { pathText } from "./path-text.js";
import type { Column, Constant } from "./pipeline.js";
import { isMap, type Note, type RawMap } from "./reading.js";

/**
 * Reads `values`: columns with one value for every row. What the value means is for the column's type to say, so it goes
 * as text, a map or a list as JSON; PostgreSQL reads it before the first message is received.
 */
export function readConstants(raw: RawMap, columns: readonly Column[], note: Note): Constant[] {
  const values = raw["values"];
  if (!isMap(values)) return [];
  return Object.entries(values).flatMap(([name, value]) => {
    const path = pathText(["values", name]);
    const problem = identifierProblem(name);
    if (problem !== undefined) note(path, problem);
    if (columns.some((column) => column.name === name)) note(path, "is one of the columns already");
    const text = textOf(value);
    if (text === undefined) {
      note(path, "must be a text, a number, true, false, null, or a map or list of these");
      return [];
    }
    if (text?.includes("\u0000") || text?.isWellFormed() === false)
      note(path, "cannot hold a NUL or a lone surrogate");
    return [{ name, text }];
  });
}

/** Undefined for what has no text, such as a function of a program. */
function textOf(value: unknown): string | null | undefined {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint")
    return String(value);
  return typeof value === "object" ? JSON.stringify(value) : undefined;
}
