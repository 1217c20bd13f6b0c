import {
  type Document,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type Scalar,
  visit,
  type YAMLSeq,
} from "yaml";
import type { FilledText } from "./config-source.js";
import { interpolate } from "./interpolate.js";
import type { Environment } from "./key-source.js";
import { keyText } from "./locate.js";
import { pathText } from "./path-text.js";

interface Mistake {
  readonly path: string;
  readonly message: string;
  readonly offset: number;
}

interface Walked {
  /** What keeps the file from being read at all. */
  readonly unusable: readonly Mistake[];
  readonly mistakes: readonly Mistake[];
  readonly filled: readonly FilledText[];
}

type Around = readonly (Document | Node | Pair)[];

/** Puts variables into the texts of a document, which it changes, and notes what its maps and aliases have wrong. */
export function walkDocument(document: Document, lines: LineCounter, env: Environment): Walked {
  const unusable: Mistake[] = [];
  const mistakes: Mistake[] = [];
  const filled: FilledText[] = [];
  const anchors = new Set<string>();
  const keysTo = createKeysTo();

  const fill = (scalar: Scalar, keys: (string | number)[]): void => {
    const template = String(scalar.value);
    const result = interpolate(template, env);
    if ("problems" in result) {
      for (const message of result.problems) {
        mistakes.push({ path: pathText(keys), message, offset: scalar.range?.[0] ?? 0 });
      }
    } else {
      scalar.value = result.text;
      filled.push({ keys, ...result });
    }
  };

  visit(document, {
    Scalar: (key, scalar, around) => {
      if (scalar.anchor !== undefined) anchors.add(scalar.anchor);
      if (key === "key" || typeof scalar.value !== "string" || !scalar.value.includes("${")) return;
      fill(scalar, keysTo(scalar, around));
    },
    Map: (_key, map, around) => {
      if (map.anchor !== undefined) anchors.add(map.anchor);
      const seen = new Map<string, number>();
      for (const pair of map.items) {
        const offset = (pair.key as Node | null)?.range?.[0] ?? 0;
        if (!isScalar(pair.key)) {
          unusable.push({ path: "", message: "a key has to be a plain text", offset });
          continue;
        }
        const name = keyText(pair.key);
        const before = seen.get(name);
        if (before !== undefined) {
          const path = pathText([...keysTo(map, around), name]);
          mistakes.push({
            path,
            message: `is set twice: in line ${lines.linePos(before).line}, and here`,
            offset,
          });
        } else seen.set(name, offset);
      }
    },
    Seq: (_key, list) => {
      if (list.anchor !== undefined) anchors.add(list.anchor);
    },
    Alias: (_key, alias, around) => {
      const isWithin = around.some((outer) => "anchor" in outer && outer.anchor === alias.source);
      if (anchors.has(alias.source) && !isWithin) return;
      const message = isWithin ? "an alias stands within its own anchor" : "an alias has no anchor before it";
      unusable.push({ path: "", message, offset: alias.range?.[0] ?? 0 });
    },
  });
  return { unusable, mistakes, filled };
}

/** Answers the keys and indexes from the top of a document down to a node of it. Long lists are gone through once. */
function createKeysTo(): (node: Node, around: Around) => (string | number)[] {
  const indexes = new Map<unknown, ReadonlyMap<unknown, number>>();
  const indexIn = (list: YAMLSeq, item: unknown): number => {
    const known = indexes.get(list) ?? new Map(list.items.map((one, index) => [one, index]));
    indexes.set(list, known);
    return known.get(item) ?? 0;
  };
  return (node, around) => {
    const line = [...around, node];
    return line.flatMap((outer, index): (string | number)[] => {
      if (isPair(outer)) return [keyText(outer.key)];
      const inner = line[index + 1];
      return isSeq(outer) && inner !== undefined ? [indexIn(outer, inner)] : [];
    });
  };
}
