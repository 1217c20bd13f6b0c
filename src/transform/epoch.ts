import type { Cell, Check, Fault } from "../types/cell.js";
import type { ColumnType } from "../types/column-type.js";
import { type DateTypeName, momentFault, momentText } from "../types/dates.js";
import { type Decimal, parseDecimal } from "../types/decimal.js";
import { Digits } from "../types/digits.js";

/** Powers of ten from the unit to microseconds. */
const TO_MICROS = { "epoch-seconds": 6, "epoch-milliseconds": 3 } as const;

/** More digits than any moment has in microseconds. */
const MOST_DIGITS = 20;

/**
 * Time since the Unix epoch, as a number or as the digits of one in a text, to the form that a column takes (ISO 8601 in
 * UTC). What is finer than microseconds is rounded, as PostgreSQL does.
 */
export function createEpochConverter(
  unit: keyof typeof TO_MICROS,
  type: ColumnType,
  target: string,
): (next: Check) => Check {
  const wrongType: Fault = { fault: "wrong_type", reason: `must be a number for ${target}` };
  const outOfRange = momentFault(target);
  const form: DateTypeName = type.name === "date" || type.name === "timestamp" ? type.name : "timestamptz";
  return (next) => {
    const pass = (micros: bigint): Cell => {
      const rest = ((micros % 1000n) + 1000n) % 1000n;
      const text = momentText(Number((micros - rest) / 1000n), Number(rest), form);
      return text === undefined ? outOfRange : next(text);
    };
    return (value) => {
      const text = value instanceof Digits ? value.text : typeof value === "number" ? String(value) : value;
      const decimal = typeof text === "string" ? parseDecimal(text) : undefined;
      if (decimal === undefined) return wrongType;
      const micros = scaled(decimal, TO_MICROS[unit]);
      return micros === undefined ? outOfRange : pass(micros);
    };
  };
}

/** The number times a power of ten, rounded to a whole one; undefined for what is too large for any moment. */
function scaled({ negative, digits, exponent }: Decimal, power: number): bigint | undefined {
  const places = digits.length + exponent + power;
  if (digits !== "" && places > MOST_DIGITS) return undefined;
  if (digits === "" || places < 0) return 0n;
  const whole = digits.slice(0, places).padEnd(places, "0");
  const rounding = (digits[places] ?? "0") >= "5" ? 1n : 0n;
  const size = BigInt(whole === "" ? "0" : whole) + rounding;
  return negative ? -size : size;
}
