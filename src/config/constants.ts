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
    const wrong = valueProblem(value);
    if (wrong !== undefined) {
      note(path, wrong);
      return [];
    }
    const text = textOf(value);
    if (text?.includes("\u0000") || text?.isWellFormed() === false)
      note(path, "cannot hold a NUL or a lone surrogate");
    return [{ name, text }];
  });
}

const NO_VALUE = "must be a text, a number, true, false, null, or a map or list of these";
/** Deeper than anybody writes: a map of a program may hold itself. */
const MAX_DEPTH = 100;

function valueProblem(value: unknown, depth = 0): string | undefined {
  if (typeof value === "number") return numberProblem(value);
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "bigint" && depth === 0) return undefined;
  if (depth === MAX_DEPTH || !(Array.isArray(value) || isPlain(value))) return NO_VALUE;
  for (const inner of Object.values(value)) {
    const problem = valueProblem(inner, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Unlike a date of a program, say. */
function isPlain(value: unknown): value is RawMap {
  return isMap(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function numberProblem(value: number): string | undefined {
  if (!Number.isFinite(value)) return "is no number that JSON has: put it in quotes";
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return undefined;
  return "is beyond 2^53, where numbers of a config lose digits: put it in quotes";
}

function textOf(value: unknown): string | null {
  if (value === null || typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
