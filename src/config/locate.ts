import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import type { Locate } from "./config-source.js";
import { pathText, segmentsOf } from "./path-text.js";

/** Something in the file: its key if it has one, and its value. */
interface Found {
  readonly key: unknown;
  readonly value: unknown;
}

/** Finds the places of settings in a document by their paths. */
export function createLocate(document: Document, lines: LineCounter, file: string): Locate {
  const entriesOf = rememberEntries(document);
  return (path, at = "value") => {
    let found: Found = { key: undefined, value: document.contents };
    let isThere = true;
    for (const segment of segmentsOf(path)) {
      const next = entriesOf(found.value).get(segment);
      isThere = next !== undefined;
      if (next === undefined) break;
      found = next;
    }
    const { line, col } = lines.linePos(offsetOf(found, isThere && at === "value"));
    return { file, line, column: col };
  };
}

/** A map or a list begins at its key, if it has one: what stands in it may be lines away. */
function offsetOf({ key, value }: Found, wantsValue: boolean): number {
  const isText = (isScalar(value) && value.value !== null) || isAlias(value);
  const ofValue = startOf(value);
  return (wantsValue && isText ? ofValue : undefined) ?? startOf(key) ?? ofValue ?? 0;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

/** A file with very many mistakes asks for the same maps again and again. */
function rememberEntries(document: Document): (node: unknown) => ReadonlyMap<string, Found> {
  const known = new Map<unknown, ReadonlyMap<string, Found>>();
  return (node) => {
    const entries = known.get(node) ?? new Map(entriesIn(isAlias(node) ? node.resolve(document) : node));
    known.set(node, entries);
    return entries;
  };
}

function entriesIn(node: unknown): [string, Found][] {
  if (isSeq(node)) {
    return node.items.map((value, index) => [pathText([index]), { key: undefined, value }]);
  }
  if (!isMap(node)) return [];
  return node.items
    .filter((pair) => isPair(pair))
    .map(({ key, value }) => [pathText([keyText(key)]), { key, value }]);
}

/** A key as the map that is made of it has it. */
export function keyText(key: unknown): string {
  const value = isScalar(key) ? key.value : key;
  return value === null ? "" : String(value);
}
