import { Digits } from "../types/digits.js";
import { snakeCase } from "./names.js";
import type { Field } from "./tree.js";

/** A number of JSON; one with more digits than a double keeps has them as text. */
export type JsonNumber = number | Digits;

/** A type for a column, as PostgreSQL spells it, and what its values look like. */
export interface InferredType {
  readonly type: string;
  readonly convert?: "epoch-seconds" | "epoch-milliseconds";
  /** In words that hold nothing of the values. */
  readonly looksLike: string;
}

/** Ids grow: half of what an integer holds is left for that. */
const LARGEST_INTEGER = 2 ** 30;
const BIGINT_END = 2 ** 63;

/** 2001-09-09 to 2100: in seconds ten digits, in milliseconds thirteen. */
const FIRST_SECOND = 1_000_000_000;
const LAST_SECOND = 4_102_444_800;

const TIME_WORDS =
  /(?:^|_)(?:at|on|ts|time|times|timestamp|date|datetime|epoch|when|since|until|created|updated|modified|deleted|expires|expiry|exp|iat|nbf|zeit|fecha|data|datum|sec|secs|seconds|ms|millis|unix)(?:_|$)/;
/** How near to now a moment in milliseconds is that no name speaks for. */
const NEAR_MS = 366 * 86_400_000;

/** The type of numbers. */
export function inferNumber(
  { path }: Pick<Field, "path">,
  given: readonly JsonNumber[],
  nowMs: number,
): InferredType {
  const long = given.filter((value) => value instanceof Digits);
  const numbers = given.map((value) => (value instanceof Digits ? Number(value.text) : value));
  const epoch = inferEpoch(path, numbers, nowMs);
  if (epoch !== undefined) return epoch;
  // A double would lose digits of these.
  if (long.some(({ text }) => !/^-?\d+$/.test(text))) {
    return { type: "numeric", looksLike: "numbers with more digits than a double keeps" };
  }
  if (numbers.every(Number.isInteger)) return inferInteger(numbers);
  const scales = numbers.map(fractionDigits);
  const scale = Math.max(...scales.map((digits) => digits ?? Number.POSITIVE_INFINITY));
  // Measurements have as many digits as a double has; amounts have few.
  if (scale > 8) return { type: "double precision", looksLike: "numbers with many decimals" };
  const kept = scale <= 2 ? 2 : scale <= 4 ? 4 : scale <= 6 ? 6 : 8;
  const whole = Math.max(...numbers.map((value) => String(Math.trunc(Math.abs(value))).length));
  const precision = Math.max(whole + 4, 12) + kept;
  return { type: `numeric(${precision},${kept})`, looksLike: `numbers with up to ${scale} decimals` };
}

function inferInteger(numbers: readonly number[]): InferredType {
  const largest = Math.max(...numbers.map(Math.abs));
  if (largest >= BIGINT_END) return { type: "numeric", looksLike: "very large whole numbers" };
  if (largest > LARGEST_INTEGER) return { type: "bigint", looksLike: "large whole numbers" };
  return { type: "integer", looksLike: "whole numbers" };
}

/** Digits behind the point; undefined where the number is written with an exponent. */
function fractionDigits(value: number): number | undefined {
  const text = String(value);
  return text.includes("e") ? undefined : (text.split(".")[1]?.length ?? 0);
}

function inferEpoch(
  path: readonly string[],
  numbers: readonly number[],
  nowMs: number,
): InferredType | undefined {
  if (numbers.length === 0) return undefined;
  const isNamed = TIME_WORDS.test(snakeCase(path.at(-1) ?? ""));
  const isWithin = (first: number, last: number): boolean =>
    numbers.every((value) => value >= first && value <= last);
  if (isNamed && isWithin(FIRST_SECOND, LAST_SECOND)) {
    return { type: "timestamptz", convert: "epoch-seconds", looksLike: "seconds since 1970" };
  }
  const areMilliseconds = isWithin(FIRST_SECOND * 1_000, LAST_SECOND * 1_000);
  const areNear = numbers.every((value) => Math.abs(value - nowMs) < NEAR_MS);
  if (areMilliseconds && (isNamed || areNear)) {
    return { type: "timestamptz", convert: "epoch-milliseconds", looksLike: "milliseconds since 1970" };
  }
  return undefined;
}
