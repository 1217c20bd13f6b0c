import { EACH, type InnerPath } from "../config/pipeline.js";
import { isJsonObject } from "./paths.js";

/** What is taken out below one place. */
interface Branch {
  readonly keys: Map<string, Branch | "all">;
  /** Places in an array; negative ones count from the end. */
  readonly places: Map<number | typeof EACH, Branch | "all">;
}

/**
 * Makes the function that takes what is at these paths out of a value: keys of objects go, elements of arrays become null,
 * so that those behind them keep their places. What stands where such an object or array is expected, and is neither, goes as
 * a whole: what was to be taken out may be anywhere in it. The value itself stays as it is.
 */
export function createWithout(paths: readonly InnerPath[]): (value: unknown) => unknown {
  const root = branch();
  for (const path of paths) add(root, path);
  return (value) => take(value, root);
}

function branch(): Branch {
  return { keys: new Map(), places: new Map() };
}

function add(outer: Branch, [key, ...deeper]: InnerPath): void {
  if (key === undefined) return;
  if (typeof key === "string") addAt(outer.keys, key, deeper);
  else addAt(outer.places, key, deeper);
}

function addAt<Key>(inner: Map<Key, Branch | "all">, key: Key, deeper: InnerPath): void {
  const known = inner.get(key);
  if (known === "all") return;
  if (deeper.length === 0) {
    inner.set(key, "all");
    return;
  }
  const below = known ?? branch();
  inner.set(key, below);
  add(below, deeper);
}

function take(value: unknown, { keys, places }: Branch): unknown {
  if (Array.isArray(value)) {
    if (places.size === 0) return null;
    const { length } = value;
    return value.map((element, index) =>
      [EACH, index, index - length].reduce<unknown>((left, place) => {
        const below = places.get(place as number | typeof EACH);
        if (below === undefined || left === null) return left;
        return below === "all" ? null : take(left, below);
      }, element),
    );
  }
  if (keys.size === 0 || !isJsonObject(value)) return null;
  const kept: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value)) {
    const below = keys.get(key);
    if (below === undefined) kept.push([key, inner]);
    else if (below !== "all") kept.push([key, take(inner, below)]);
  }
  // fromEntries defines its keys, so that __proto__ is one like any other.
  return Object.fromEntries(kept);
}
