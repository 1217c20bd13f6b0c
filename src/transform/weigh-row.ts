import type { Row, Value } from "../row.js";

/**
 * What the rows of one message may take: a value of the whole message goes into the row of each of its records, so that a
 * body within SQS's limit can come to more than a statement, or the memory, can hold.
 */
export const MOST_ROW_BYTES: number = 64 * 1024 * 1024;

/** An object and its array, and a place in it: about what V8 takes for them. */
const ROW_BYTES = 64;
const VALUE_BYTES = 16;

/** About what a row takes, in bytes. */
export function weighRow({ values }: Row): number {
  return values.reduce<number>((sum, value) => sum + VALUE_BYTES + lengthOf(value), ROW_BYTES);
}

function lengthOf(value: Value): number {
  if (typeof value === "string") return value.length;
  return typeof value === "object" && value !== null ? value.sealedValue.length : 0;
}
