import type { Cell, Check, Fault } from "./cell.js";
import { parseDecimal } from "./decimal.js";
import { Digits } from "./digits.js";

/** How JSON texts and attributes write what JSON numbers cannot be. */
const SPECIAL: readonly string[] = ["NaN", "Infinity", "-Infinity"];

/**
 * A floating point number, from a JSON number or from a text. It is stored as the nearest one that the type has, but one
 * that would become infinite or zero on the way is refused, as by PostgreSQL.
 */
export function createFloatCheck(type: "real" | "double precision", target: string): Check {
  const wrongType: Fault = { fault: "wrong_type", reason: `must be a number for ${target}` };
  const outOfRange: Fault = { fault: "out_of_range", reason: `is outside the range of ${target}` };
  const stored = type === "real" ? Math.fround : (number: number) => number;
  const check = (number: number, isZero: boolean): Cell => {
    const nearest = stored(number);
    if (!Number.isFinite(nearest) || (nearest === 0 && !isZero)) return outOfRange;
    return number === 0 ? 0 : number;
  };
  return (value) => {
    if (typeof value === "number" && Number.isFinite(value)) return check(value, value === 0);
    const text = value instanceof Digits ? value.text : typeof value === "number" ? String(value) : value;
    if (typeof text !== "string") return wrongType;
    if (SPECIAL.includes(text)) return text;
    const decimal = parseDecimal(text);
    return decimal === undefined ? wrongType : check(Number(text), decimal.digits === "");
  };
}
