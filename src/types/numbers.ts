import type { Cell, Check, Fault } from "./cell.js";
import { parseDecimal, wholeDigits } from "./decimal.js";
import { Digits } from "./digits.js";

export type IntegerTypeName = "smallint" | "integer" | "bigint";

/** Inclusive bounds: https://www.postgresql.org/docs/current/datatype-numeric.html */
const BOUNDS: Readonly<Record<IntegerTypeName, { readonly min: bigint; readonly max: bigint }>> = {
  smallint: { min: -(2n ** 15n), max: 2n ** 15n - 1n },
  integer: { min: -(2n ** 31n), max: 2n ** 31n - 1n },
  bigint: { min: -(2n ** 63n), max: 2n ** 63n - 1n },
};
/** No more digits are worth reading. */
const MOST_DIGITS = 19;

interface IntegerFaults {
  readonly wrongType: Fault;
  readonly notWhole: Fault;
  readonly outOfRange: Fault;
}

function integerFaults(target: string): IntegerFaults {
  return {
    wrongType: { fault: "wrong_type", reason: `must be a JSON number for ${target}` },
    notWhole: { fault: "wrong_type", reason: `must be a whole number for ${target}` },
    outOfRange: { fault: "out_of_range", reason: `is outside the range of ${target}` },
  };
}

/**
 * A whole number within the type's range, exactly as the message has it. For `bigint` it may be in a text as well: so
 * producers send it whose JSON numbers are doubles.
 */
export function createIntegerCheck(type: IntegerTypeName, target: string): Check {
  const faults = integerFaults(target);
  const min = Number(BOUNDS[type].min);
  const max = Number(BOUNDS[type].max);
  const checkText = createIntegerTextCheck(type, target);
  const exactly = (text: string): Cell => {
    const decimal = parseDecimal(text);
    if (decimal === undefined || decimal.exponent < 0) return faults.notWhole;
    if (wholeDigits(decimal) > MOST_DIGITS) return faults.outOfRange;
    return checkText(`${decimal.negative ? "-" : ""}${decimal.digits}${"0".repeat(decimal.exponent)}`);
  };
  return (value) => {
    if (typeof value === "number") {
      if (value < min || value > max) return faults.outOfRange;
      if (!Number.isInteger(value)) return faults.notWhole;
      if (!Number.isSafeInteger(value)) return exactly(String(value));
      return value === 0 ? 0 : value;
    }
    if (value instanceof Digits) return exactly(value.text);
    return type === "bigint" && typeof value === "string" ? checkText(value) : faults.wrongType;
  };
}

/** The same for digits in a text, as message attributes carry them. */
export function createIntegerTextCheck(type: IntegerTypeName, target: string): Check {
  const faults = integerFaults(target);
  const { min, max } = BOUNDS[type];
  return (value) => {
    if (typeof value !== "string" || !/^-?\d+$/.test(value)) return faults.notWhole;
    const digits = value.replace(/^(-?)0+(?=\d)/, "$1");
    if (digits.length > MOST_DIGITS + 1) return faults.outOfRange;
    const exact = BigInt(digits);
    return exact < min || exact > max ? faults.outOfRange : exact.toString();
  };
}
