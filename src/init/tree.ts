import { isJsonObject } from "../transform/paths.js";
import { isPlainKey } from "./plain-key.js";

/** What was seen at one path of the records. */
export interface Node {
  /** How often the key was there, with null or anything else. */
  present: number;
  /** All values but null, in the order of the records. */
  readonly values: unknown[];
  objects: number;
  readonly children: Map<string, Node>;
  /** Keys that look like values themselves, which are not kept. */
  valueKeys: number;
}

/** A field that a column could be made of: a path and what is there. */
export interface Field {
  readonly path: readonly string[];
  /** The path starts at the record around the array of `records`. */
  readonly outer?: boolean;
  /** Records that were looked at. */
  readonly total: number;
  readonly values: readonly unknown[];
  /** It was seen with keys that are values: nobody knows what else stands there. */
  readonly hasValueKeys: boolean;
}

/** Deeper objects become json as they are. */
const MOST_LEVELS = 4;
/** More keys than any record type has: they are data. */
const MOST_KEYS = 120;
const WALKED_LEVELS = 8;
/** With this share of objects, what else is at a path counts as an accident. */
const ALMOST_ALL = 0.95;

export function emptyNode(): Node {
  return { present: 0, values: [], objects: 0, children: new Map(), valueKeys: 0 };
}

/** Adds a value to what was seen at a path, and all that is inside it to the paths below. */
export function addValue(node: Node, value: unknown, depth = 0): void {
  node.present += 1;
  if (value === null || value === undefined) return;
  node.values.push(value);
  if (!isJsonObject(value)) return;
  node.objects += 1;
  if (depth >= WALKED_LEVELS) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!isPlainKey(key)) {
      node.valueKeys += 1;
      continue;
    }
    const child = node.children.get(key) ?? emptyNode();
    node.children.set(key, child);
    addValue(child, inner, depth + 1);
  }
}

/** The fields of records: objects are taken apart, down to a depth; arrays and maps of data stay whole. */
export function fieldsOf(root: Node, total: number): Field[] {
  const visit = (node: Node, path: readonly string[]): Field[] => {
    if (path.length < MOST_LEVELS && isRecordLike(node)) {
      return [...node.children].flatMap(([key, child]) => visit(child, [...path, key]));
    }
    return [{ path, total, values: node.values, hasValueKeys: holdsValueKeys(node) }];
  };
  return [...root.children].flatMap(([key, child]) => visit(child, [key]));
}

/** Objects with keys of their own type, and not a map from data to data. */
function isRecordLike({ objects, values, children, valueKeys }: Node): boolean {
  if (values.length === 0 || objects / values.length < ALMOST_ALL) return false;
  return valueKeys === 0 && children.size > 0 && children.size <= MOST_KEYS;
}

function holdsValueKeys({ valueKeys, children }: Node): boolean {
  return valueKeys > 0 || [...children.values()].some(holdsValueKeys);
}
