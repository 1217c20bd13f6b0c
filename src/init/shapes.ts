import type { JsonObject } from "../transform/paths.js";
import { isPlainKey } from "./plain-key.js";

/** Records that have most of their keys in common. */
export interface Shape {
  readonly records: readonly JsonObject[];
  /** All keys that were seen, those that look like values left out. */
  readonly keys: readonly string[];
}

/** Two sets of keys are of one type when they share this much of the smaller one, */
const SHARED_OF_SMALLER = 0.6;
/** and this much of the larger one: two types may have an id and a time in common. */
const SHARED_OF_LARGER = 0.3;

/** Groups records by their top-level keys, the largest group first. Optional keys keep records together. */
export function shapesOf(records: readonly JsonObject[]): Shape[] {
  const byKeys = new Map<string, { keys: Set<string>; records: JsonObject[] }>();
  for (const record of records) {
    const keys = Object.keys(record).sort();
    const name = JSON.stringify(keys);
    const group = byKeys.get(name) ?? { keys: new Set(keys), records: [] };
    group.records.push(record);
    byKeys.set(name, group);
  }
  const shapes: { keys: Set<string>; records: JsonObject[] }[] = [];
  // The frequent ones first: the rare ones join them.
  for (const group of [...byKeys.values()].sort((one, other) => other.records.length - one.records.length)) {
    const home = shapes.find(({ keys }) => isAlike(keys, group.keys));
    if (home === undefined) {
      shapes.push({ keys: new Set(group.keys), records: [...group.records] });
    } else {
      home.records.push(...group.records);
      for (const key of group.keys) home.keys.add(key);
    }
  }
  return shapes
    .map(({ keys, records: members }) => ({ records: members, keys: [...keys].filter(isPlainKey) }))
    .sort((one, other) => other.records.length - one.records.length);
}

function isAlike(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const shared = [...one].filter((key) => other.has(key)).length;
  const [smaller, larger] = [Math.min(one.size, other.size), Math.max(one.size, other.size)];
  if (larger === 0) return true;
  return shared >= smaller * SHARED_OF_SMALLER && shared >= larger * SHARED_OF_LARGER;
}

/**
 * The keys by whose value shapes can be told apart: the same text in all records of a shape, and another one in each
 * shape. Their values stay unsaid.
 */
export function tellingKeys(shapes: readonly Shape[]): string[] {
  const [main, ...others] = shapes;
  if (main === undefined || others.length === 0) return [];
  return main.keys.filter((key) => {
    const values = shapes.map(({ records }) => new Set(records.map((record) => record[key])));
    const singles = values.map((set) => (set.size === 1 ? [...set][0] : undefined));
    const texts = singles.filter((value) => typeof value === "string");
    return texts.length === shapes.length && new Set(texts).size === shapes.length;
  });
}
