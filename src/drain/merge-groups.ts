import type { RejectGroup, RunReport } from "./report.js";

type Warnings = RunReport["warnings"];

/** The rejects of several runs by kind, the most frequent first; of one kind, the example that came first. */
export function mergeRejects(lists: readonly (readonly RejectGroup[])[]): RejectGroup[] {
  const groups = new Map<string, RejectGroup>();
  for (const group of lists.flat()) {
    const key = JSON.stringify([group.code, group.field]);
    const known = groups.get(key);
    groups.set(key, known === undefined ? group : { ...known, count: known.count + group.count });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

/** The warnings of several runs, by column and code; a column may be called anything. */
export function mergeWarnings(all: readonly Warnings[]): Warnings {
  const columns = new Map<string, Map<string, number>>();
  for (const [column, counts] of all.flatMap((warnings) => Object.entries(warnings))) {
    const codes = columns.get(column) ?? new Map<string, number>();
    for (const [code, count] of Object.entries(counts)) codes.set(code, (codes.get(code) ?? 0) + count);
    columns.set(column, codes);
  }
  return Object.fromEntries([...columns].map(([column, codes]) => [column, Object.fromEntries(codes)]));
}
