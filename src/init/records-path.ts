import { isJsonObject, type JsonObject } from "../transform/paths.js";
import { isPlainKey } from "./plain-key.js";

/** A record around its records has little more than them: a batch's id, a time. */
const MOST_OTHER_KEYS = 2;
const ALMOST_ALL = 0.95;

/** The key of the array that holds the records, as S3's `Records`; undefined where the records are those themselves. */
export function findRecordsKey(records: readonly JsonObject[]): string | undefined {
  const keys = new Set(records.flatMap((record) => Object.keys(record)));
  if (keys.size > MOST_OTHER_KEYS + 1) return undefined;
  const holding = [...keys].filter(
    (key) => records.filter((record) => isArrayOfObjects(record[key])).length / records.length >= ALMOST_ALL,
  );
  const [only, second] = holding;
  return only !== undefined && second === undefined && isPlainKey(only) ? only : undefined;
}

function isArrayOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isJsonObject);
}
