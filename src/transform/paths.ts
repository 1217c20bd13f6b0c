import type { Path } from "../config/path.js";
import { Digits } from "../types/digits.js";

/** A JSON object: read it by own keys only, since a key may be `__proto__` or `constructor`. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Digits);
}

/** What a path reads where it looks for a key in something that is neither an object nor null. */
export const NOT_AN_OBJECT: unique symbol = Symbol("not an object");

/** The same for a place in an array. */
export const NOT_AN_ARRAY: unique symbol = Symbol("not an array");

/** Reads one path of a record: undefined (or null) where something is missing or null on the way. */
export function createPathReader(path: Path): (record: JsonObject) => unknown {
  const [only] = path;
  if (path.length === 1 && typeof only === "string") {
    return (record) => (Object.hasOwn(record, only) ? record[only] : undefined);
  }
  return (record) => {
    let value: unknown = record;
    for (const key of path) {
      if (value === undefined || value === null) return undefined;
      if (typeof key === "number") {
        if (!Array.isArray(value)) return NOT_AN_ARRAY;
        value = value.at(key);
      } else {
        if (!isJsonObject(value)) return NOT_AN_OBJECT;
        value = Object.hasOwn(value, key) ? value[key] : undefined;
      }
    }
    return value;
  };
}
