import { countCharacters } from "../characters.js";
import type { Path } from "../config/path.js";
import type { Pipeline } from "../config/pipeline.js";
import { Digits } from "../types/digits.js";
import { readJson } from "../types/read-json.js";
import { isJsonObject, type JsonObject } from "./paths.js";

/** Bounds of a shape: it is for a human to recognise a format by, not a copy. */
const MOST_LEVELS = 6;
const MOST_KEYS = 40;
const MOST_ELEMENTS = 3;
const MOST_NODES = 200;

/** Keys that say what a field is rather than whose it is: an identifier, not an address, a number or an id. */
const PLAIN_KEY = /^(?=.{1,40}$)[A-Za-z_-]+\d{0,2}$/;

/** The keys that pipelines read: their author wrote them, so a shape may show them. */
export function keysOf(pipelines: readonly Pipeline[]): ReadonlySet<string> {
  const keys = new Set<string>();
  const add = (path: Path): void => {
    for (const key of path) if (typeof key === "string") keys.add(key);
  };
  for (const { columns, match, records = [] } of pipelines) {
    add(records);
    for (const { from } of [...columns, ...match]) if (from.kind === "record") add(from.path);
  }
  return keys;
}

/**
 * A body's structure with every leaf replaced by its type and length, such as `{"foo":"string(19)","bar":"string(3)"}`:
 * no value of it, no digit of a number, and no key that could be personal data. Bounded in depth, breadth and size;
 * a body that is no JSON is `text(LENGTH)`. Lengths are in characters.
 */
export function shapeOf(body: string, knownKeys: ReadonlySet<string> = new Set()): unknown {
  const json = readJson(body);
  return json === undefined ? `text(${countCharacters(body)})` : shapeOfValue(json.value, knownKeys);
}

/** The same of a value that was parsed. */
export function shapeOfValue(whole: unknown, knownKeys: ReadonlySet<string>): unknown {
  let nodes = 0;

  const shape = (value: unknown, depth: number): unknown => {
    nodes += 1;
    if (typeof value === "string") return `string(${countCharacters(value)})`;
    if (value === null) return "null";
    if (Array.isArray(value)) return isSpent(depth) ? `array(${value.length})` : arrayShape(value, depth);
    if (isJsonObject(value)) {
      return isSpent(depth) ? `object(${Object.keys(value).length})` : objectShape(value, depth);
    }
    return value instanceof Digits ? "number" : typeof value;
  };

  const isSpent = (depth: number): boolean => depth >= MOST_LEVELS || nodes >= MOST_NODES;

  const arrayShape = (elements: readonly unknown[], depth: number): unknown[] => {
    const shown = elements.slice(0, MOST_ELEMENTS).map((element) => shape(element, depth + 1));
    const left = elements.length - shown.length;
    return left > 0 ? [...shown, `and ${left} more`] : shown;
  };

  const objectShape = (object: JsonObject, depth: number): unknown => {
    const keys = Object.keys(object);
    const entries = new Map<string, unknown>();
    for (const key of keys.slice(0, MOST_KEYS)) {
      if (nodes >= MOST_NODES) break;
      entries.set(shownKey(key, entries), shape(object[key], depth + 1));
    }
    if (keys.length > entries.size) entries.set("...", `and ${keys.length - entries.size} more`);
    return Object.fromEntries(entries);
  };

  const shownKey = (key: string, taken: ReadonlyMap<string, unknown>): string => {
    if (knownKeys.has(key) || PLAIN_KEY.test(key)) return key;
    const length = countCharacters(key);
    let name = `<key:${length}>`;
    for (let copy = 2; taken.has(name); copy += 1) name = `<key:${length}#${copy}>`;
    return name;
  };

  return shape(whole, 0);
}
