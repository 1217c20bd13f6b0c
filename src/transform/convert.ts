import type { Converter, ConverterName } from "../config/pipeline.js";
import { byteaText } from "../types/bytea.js";
import type { Cell, Check, Fault } from "../types/cell.js";
import type { ColumnType } from "../types/column-type.js";
import { momentText } from "../types/dates.js";
import { Digits } from "../types/digits.js";
import { textFaults } from "../types/text.js";
import { appVersion } from "./app-version.js";
import { createEpochConverter } from "./epoch.js";
import { plainValue } from "./plain-value.js";
import { type SemverPart, semverPart } from "./semver.js";

const NOT_CONVERTIBLE: Cell = { note: "not_convertible" };

/** Puts a step before a check: it passes on what it makes, or answers in the place of the check. */
type Step = (next: Check) => Check;

export interface ConvertedColumn {
  readonly type: ColumnType;
  /** What reasons call the column. */
  readonly target: string;
  /** What is loaded where a function gives nothing. */
  readonly whenAbsent: Cell;
}

/** Puts converters, in their order, before the check of a column. */
export function createConverted(
  converters: readonly Converter[],
  column: ConvertedColumn,
  check: Check,
): Check {
  return converters.reduceRight<Check>((next, converter) => stepOf(converter, column)(next), check);
}

function stepOf(converter: Converter, column: ConvertedColumn): Step {
  if (typeof converter === "function") return createOwnStep(converter, column);
  return NAMED[converter](column);
}

const NAMED: Readonly<Record<ConverterName, (column: ConvertedColumn) => Step>> = {
  "app-version": ({ target }) => createNumberStep(target, appVersion),
  "epoch-seconds": ({ type, target }) => createEpochConverter("epoch-seconds", type, target),
  "epoch-milliseconds": ({ type, target }) => createEpochConverter("epoch-milliseconds", type, target),
  trim: ({ target }) => createTextStep(target, (text) => text.trim()),
  lower: ({ target }) => createTextStep(target, (text) => text.toLowerCase()),
  upper: ({ target }) => createTextStep(target, (text) => text.toUpperCase()),
  "semver-major": ({ target }) => createNumberStep(target, semverNumber("semver-major")),
  "semver-minor": ({ target }) => createNumberStep(target, semverNumber("semver-minor")),
  "semver-patch": ({ target }) => createNumberStep(target, semverNumber("semver-patch")),
};

function createTextStep(target: string, convert: (text: string) => string): Step {
  const { wrongType } = textFaults(target);
  return (next) => (value) => (typeof value === "string" ? next(convert(value)) : wrongType);
}

/** What cannot be expressed becomes NULL, and is counted. */
function createNumberStep(target: string, convert: (text: string) => number | Digits | undefined): Step {
  const { wrongType } = textFaults(target);
  return (next) => (value) => {
    if (typeof value !== "string") return wrongType;
    const number = convert(value);
    return number === undefined ? NOT_CONVERTIBLE : next(number);
  };
}

function semverNumber(part: SemverPart): (text: string) => number | Digits | undefined {
  return (text) => {
    const digits = semverPart(part, text);
    if (digits === undefined) return undefined;
    const number = Number(digits);
    return Number.isSafeInteger(number) ? number : new Digits(digits);
  };
}

/**
 * A function of the pipeline's author. It gets a copy, since other columns read the same record. What it throws may hold
 * the value, so nobody gets to see it.
 */
function createOwnStep(
  convert: (value: unknown) => unknown,
  { type, target, whenAbsent }: ConvertedColumn,
): Step {
  const failed: Fault = { fault: "convert_failed", reason: `made the converter of ${target} throw an error` };
  const notReady: Fault = {
    fault: "convert_failed",
    reason: `made the converter of ${target} return a promise, and values are converted at once`,
  };
  return (next) => (value) => {
    let made: unknown;
    try {
      made = convert(plainValue(value));
      if (isPromise(made)) {
        // Nobody waits for it, and what it may be rejected with must not end the process.
        made.then(undefined, () => {});
        return notReady;
      }
      made = fromProgram(made, type);
    } catch {
      return failed;
    }
    return made === undefined || made === null ? whenAbsent : next(made);
  };
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "then") === "function";
}

/** What programs have and JSON has not, as a JSON value of the same meaning. */
function fromProgram(value: unknown, type: ColumnType): unknown {
  if (typeof value === "bigint") return new Digits(String(value));
  if (value instanceof Date) {
    const form = type.name === "date" || type.name === "timestamp" ? type.name : "timestamptz";
    return momentText(value.getTime(), 0, form) ?? value;
  }
  if (value instanceof Uint8Array && type.name === "bytea") return byteaText(value);
  return type.name === "array" && Array.isArray(value)
    ? value.map((element) => fromProgram(element, type.element))
    : value;
}
