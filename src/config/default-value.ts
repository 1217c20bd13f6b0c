import type { PlainValue } from "../row.js";
import type { ColumnType } from "../types/column-type.js";
import { typeText } from "../types/column-type.js";
import { createTypeCheck, targetText } from "../types/type-check.js";
import type { Note, RawMap } from "./reading.js";

/**
 * Reads a column's `default` by the rules for values of messages, in the form in which it goes to the loader. Undefined
 * without one, or where it is null, which a missing value is anyway; notes what is wrong with it.
 */
export function readDefault(name: string, raw: RawMap, type: ColumnType, note: Note): PlainValue | undefined {
  const given = raw["default"];
  if (given === undefined || given === null) return undefined;
  if (raw["required"] === true) {
    note("default", "is never loaded where required is true: leave one of them out");
    return undefined;
  }
  const keepsDigits = type.name === "bigint" || type.name === "numeric";
  if (keepsDigits && Number.isInteger(given) && !Number.isSafeInteger(given)) {
    note("default", "is beyond 2^53, where numbers of a config lose digits: put it in quotes");
    return undefined;
  }
  const cell = createTypeCheck(type, targetText(name, type))(given);
  if (typeof cell !== "object" || cell === null) return cell;
  note("default", "reason" in cell ? cell.reason : `is no value for ${typeText(type)}`);
  return undefined;
}
