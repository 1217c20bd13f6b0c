import type { Check, Fault } from "./cell.js";
import type { ScalarType } from "./column-type.js";
import { type Decimal, decimalText, fractionDigits, parseDecimal, wholeDigits } from "./decimal.js";
import { Digits } from "./digits.js";

/** https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-NUMERIC-DECIMAL */
const MOST_WHOLE_DIGITS = 131_072;
const MOST_FRACTION_DIGITS = 16_383;

/** Longer texts are written without their zeros. */
const LONGEST_TEXT = 1000;

/** Whether `numeric` of any precision holds a number as it is written, as `jsonb` does. */
export function isWithinNumeric(text: string): boolean {
  const decimal = parseDecimal(text);
  return (
    decimal !== undefined &&
    wholeDigits(decimal) <= MOST_WHOLE_DIGITS &&
    decimal.scale <= MOST_FRACTION_DIGITS
  );
}

/**
 * A number with all its digits, from a JSON number or from a text, which is how decimals are sent that must not become
 * doubles. More digits behind the point than the column has are refused: PostgreSQL would round them away.
 */
export function createNumericCheck(
  { precision, scale = 0 }: Extract<ScalarType, { name: "numeric" }>,
  target: string,
): Check {
  const wrongType: Fault = { fault: "wrong_type", reason: `must be a number for ${target}` };
  const outOfRange: Fault = { fault: "out_of_range", reason: `is outside the range of ${target}` };
  const tooPrecise: Fault = {
    fault: "too_precise",
    reason: `has more digits behind the point than ${target} holds, which would be rounded away`,
  };
  const isUnlimited = precision === undefined;
  const mostWhole = isUnlimited ? MOST_WHOLE_DIGITS : precision - scale;
  const refusalOf = (decimal: Decimal): Fault | undefined => {
    if (decimal.digits === "") return undefined;
    // What is left of the point, or of the column's first digit, if that is to the right of it.
    if (decimal.digits.length + decimal.exponent > mostWhole) return outOfRange;
    const isExact = isUnlimited
      ? fractionDigits(decimal) <= MOST_FRACTION_DIGITS
      : -decimal.exponent <= scale;
    return isExact ? undefined : tooPrecise;
  };
  return (value) => {
    const text = value instanceof Digits ? value.text : typeof value === "number" ? String(value) : value;
    if (typeof text !== "string") return wrongType;
    if (text === "NaN") return text;
    if (text === "Infinity" || text === "-Infinity") return isUnlimited ? text : outOfRange;
    const decimal = parseDecimal(text);
    if (decimal === undefined) return wrongType;
    const refusal = refusalOf(decimal);
    if (refusal !== undefined) return refusal;
    if (decimal.digits === "") return 0;
    if (typeof value === "number") return value;
    return text.length > LONGEST_TEXT || decimal.scale > MOST_FRACTION_DIGITS ? decimalText(decimal) : text;
  };
}
