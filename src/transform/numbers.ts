import type { Check, Fault } from "./cell.js";

type IntegerTypeName = "smallint" | "integer" | "bigint";

/** Inclusive bounds: https://www.postgresql.org/docs/current/datatype-numeric.html */
const BOUNDS: Readonly<Record<IntegerTypeName, { readonly min: bigint; readonly max: bigint }>> = {
  smallint: { min: -(2n ** 15n), max: 2n ** 15n - 1n },
  integer: { min: -(2n ** 31n), max: 2n ** 31n - 1n },
  bigint: { min: -(2n ** 63n), max: 2n ** 63n - 1n },
};

interface IntegerFaults {
  readonly wrongType: Fault;
  readonly notWhole: Fault;
  readonly outOfRange: Fault;
  readonly imprecise: Fault;
}

function integerFaults(target: string): IntegerFaults {
  return {
    wrongType: { fault: "wrong_type", reason: `must be a JSON number for ${target}` },
    notWhole: { fault: "wrong_type", reason: `must be a whole number for ${target}` },
    outOfRange: { fault: "out_of_range", reason: `is outside the range of ${target}` },
    imprecise: {
      fault: "imprecise",
      reason: `is beyond 2^53, where JSON numbers lose digits, so ${target} would hold another number`,
    },
  };
}

/**
 * A whole number within the type's range. A number beyond 2^53 is refused even where `bigint` could hold it: JSON.parse
 * has rounded it already (RFC 8259 section 6), and a wrong digit is worse than a reject.
 */
export function createIntegerCheck(type: IntegerTypeName, target: string): Check {
  const faults = integerFaults(target);
  const min = Number(BOUNDS[type].min);
  const max = Number(BOUNDS[type].max);
  return (value) => {
    if (typeof value !== "number") return faults.wrongType;
    if (value < min || value > max) return faults.outOfRange;
    if (!Number.isInteger(value)) return faults.notWhole;
    if (!Number.isSafeInteger(value)) return faults.imprecise;
    return value === 0 ? 0 : value;
  };
}

/** The same for digits in a text, as message attributes carry them; exact over the whole range. */
export function createIntegerTextCheck(type: IntegerTypeName, target: string): Check {
  const faults = integerFaults(target);
  const { min, max } = BOUNDS[type];
  return (value) => {
    if (typeof value !== "string" || !/^-?\d+$/.test(value)) return faults.notWhole;
    const digits = value.replace(/^(-?)0+(?=\d)/, "$1");
    if (digits.length > 20) return faults.outOfRange;
    const exact = BigInt(digits);
    return exact < min || exact > max ? faults.outOfRange : exact.toString();
  };
}
