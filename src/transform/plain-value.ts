import { parseDecimal } from "../types/decimal.js";
import { Digits } from "../types/digits.js";

/** Larger whole numbers go to functions as text, like fractions. */
const MOST_DIGITS = 1000;

/** A copy of a record's value as programs know it: what a double does not hold is a bigint, or else a text. */
export function plainValue(value: unknown): unknown {
  if (value instanceof Digits) return plainNumber(value.text);
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== "object" || value === null) return value;
  // fromEntries defines its keys, so that __proto__ is one like any other.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainValue(inner)]));
}

function plainNumber(text: string): bigint | string {
  const decimal = parseDecimal(text);
  if (decimal === undefined || decimal.exponent < 0) return text;
  if (decimal.digits.length + decimal.exponent > MOST_DIGITS) return text;
  return BigInt(`${decimal.negative ? "-" : ""}${decimal.digits}${"0".repeat(decimal.exponent)}`);
}
