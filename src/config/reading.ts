import type { Reading } from "../reading.js";

/**
 * Where a reader notes what is wrong; the path is relative to what it reads. Its place in the file is the value's, unless
 * it is the key that is wrong.
 */
export type Note = (path: string, message: string, at?: "key" | "value") => void;

/** A map of a config file, unchecked. */
export type RawMap = Readonly<Record<string, unknown>>;

export function isMap(value: unknown): value is RawMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a config is of the form with several pipelines. */
export function isSeveral(raw: unknown): raw is RawMap {
  return isMap(raw) && Object.hasOwn(raw, "pipelines");
}

/** Takes the value of a reading, or notes its problem. */
export function take<Meaning>(
  reading: Reading<Meaning> | undefined,
  note: (problem: string) => void,
): Meaning | undefined {
  if (reading === undefined) return undefined;
  if ("value" in reading) return reading.value;
  note(reading.problem);
  return undefined;
}
