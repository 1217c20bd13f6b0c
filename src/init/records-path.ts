import { isJsonObject, type JsonObject } from "../transform/paths.js";
import { isPlainKey } from "./plain-key.js";

/** A record around its records has little more than them: a batch's id, a time. */
const MOST_OTHER_KEYS = 2;
const ALMOST_ALL = 0.95;
/** What such an array is called; where it stands alone, it may have any name. An order's items belong to the order. */
const BATCH_NAMES =
  /^(?:records?|events?|messages?|entries|batch|data|logs?|log_?events|rows|results?|payloads?|notifications?)$/i;

/** The key of the array that holds the records, as S3's `Records`; undefined where the records are those themselves. */
export function findRecordsKey(records: readonly JsonObject[]): string | undefined {
  const keys = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const holding = keys.filter((key) => isAlmostAlways(records, key, isArrayOfObjects));
  const [only, second] = holding;
  if (only === undefined || second !== undefined || !isPlainKey(only)) return undefined;
  const others = keys.filter((key) => key !== only);
  if (others.length === 0) return only;
  const isBatch = others.length <= MOST_OTHER_KEYS && BATCH_NAMES.test(only);
  return isBatch && others.every((key) => isAlmostAlways(records, key, isScalar)) ? only : undefined;
}

function isAlmostAlways(
  records: readonly JsonObject[],
  key: string,
  test: (value: unknown) => boolean,
): boolean {
  return records.filter((record) => test(record[key])).length / records.length >= ALMOST_ALL;
}

function isScalar(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

function isArrayOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isJsonObject);
}
