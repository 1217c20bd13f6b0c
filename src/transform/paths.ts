/** A JSON object: read it by own keys only, since a key may be `__proto__` or `constructor`. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a path reads where something on its way is neither an object nor null. */
export const NOT_AN_OBJECT: unique symbol = Symbol("not an object");

/** Reads one path of a record: undefined (or null) where a key is missing or null on the way. */
export function createPathReader(path: readonly string[]): (record: JsonObject) => unknown {
  const [only] = path;
  if (path.length === 1 && only !== undefined) {
    return (record) => (Object.hasOwn(record, only) ? record[only] : undefined);
  }
  return (record) => {
    let value: unknown = record;
    for (const key of path) {
      if (value === undefined || value === null) return undefined;
      if (!isJsonObject(value)) return NOT_AN_OBJECT;
      value = Object.hasOwn(value, key) ? value[key] : undefined;
    }
    return value;
  };
}
