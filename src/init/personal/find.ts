import { isJsonObject } from "../../transform/paths.js";
import { Digits } from "../../types/digits.js";
import { snakeCase } from "../names.js";
import { isPlainKey } from "../plain-key.js";
import { findByName } from "./by-name.js";
import { findByValue } from "./by-value.js";
import type { Finding } from "./kinds.js";

/** A version with four numbers looks like an address, and is none. */
const VERSION = /(?:^|_)(?:version|ver|firmware|build|release|revision|schema)(?:_|$)/;
const MOST_LEAVES = 20_000;

/**
 * Whether a field holds personal data: by its values first, which are surer, then by its name. In doubt it does. Arrays
 * and objects are looked through, down to their leaves.
 */
export function findPersonal(path: readonly string[], values: readonly unknown[]): Finding | undefined {
  const plain = values.filter(
    (value) => typeof value !== "object" || value === null || value instanceof Digits,
  );
  const found = inPlain(path, plain) ?? (plain.length < values.length ? findByName(path, values) : undefined);
  return found ?? inside(path, values);
}

function inPlain(path: readonly string[], values: readonly unknown[]): Finding | undefined {
  const byValue = findByValue(values);
  const isVersion = byValue?.kind === "ip" && VERSION.test(snakeCase(path.at(-1) ?? ""));
  return (isVersion ? undefined : byValue) ?? findByName(path, values);
}

/** The leaves of arrays and objects, by their paths; elements of an array share theirs. */
function inside(path: readonly string[], values: readonly unknown[]): Finding | undefined {
  const leaves = new Map<string, { path: readonly string[]; values: unknown[] }>();
  const oddKeys = new Set<string>();
  let left = MOST_LEAVES;
  const walk = (at: readonly string[], value: unknown): void => {
    if (left <= 0) return;
    left -= 1;
    if (Array.isArray(value)) {
      for (const element of value) walk(at, element);
    } else if (isJsonObject(value)) {
      for (const [key, inner] of Object.entries(value)) {
        if (!isPlainKey(key)) oddKeys.add(key);
        walk([...at, key], inner);
      }
    } else {
      const name = JSON.stringify(at);
      const leaf = leaves.get(name) ?? { path: at, values: [] };
      if (value !== null) leaf.values.push(value);
      leaves.set(name, leaf);
    }
  };
  for (const value of values) if (isJsonObject(value) || Array.isArray(value)) walk(path, value);
  const byKeys = findByValue([...oddKeys]);
  if (byKeys !== undefined) return { ...byKeys, reason: `among its keys: ${byKeys.reason}` };
  for (const leaf of leaves.values()) {
    const found = inPlain(leaf.path, leaf.values);
    if (found !== undefined) return { ...found, reason: `something inside it: ${found.reason}` };
  }
  return undefined;
}
