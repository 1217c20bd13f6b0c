import { quoted } from "../quoted.js";

/** A path as messages show it: `columns.masked_ip.mask`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.map((key) => (/^[\w$<>-]+$/.test(String(key)) ? String(key) : quoted(String(key)))).join(".");
}

/** The keys of such a path, each as messages show it. */
export function segmentsOf(path: string): string[] {
  return path.match(/"(?:[^"\\]|\\.)*"|[^."]+/g) ?? [];
}
