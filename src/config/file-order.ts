import type { ConfigProblem } from "../errors.js";
import { pathText } from "./path-text.js";
import { isMap } from "./reading.js";

/** Settings are maps in maps; nothing that has mistakes of its own is deeper than `pipelines.a.columns.b.mask.key_id`. */
const DEEPEST = 6;

/** Problems in the order in which a file has what they are about: by their places, or else by its maps. */
export function inFileOrder(problems: readonly ConfigProblem[], raw: unknown): ConfigProblem[] {
  if (problems.every(({ place }) => place !== undefined)) {
    return problems.toSorted(
      ({ place: one }, { place: other }) =>
        (one?.line ?? 0) - (other?.line ?? 0) || (one?.column ?? 0) - (other?.column ?? 0),
    );
  }
  const ranks = new Map(pathsIn(raw, []).map((path, index) => [path, index]));
  return problems
    .map((problem) => ({ problem, rank: rankOf(problem.path, ranks) }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ problem }) => problem);
}

/** What is not there comes with what is around it. */
function rankOf(path: string, ranks: ReadonlyMap<string, number>): number {
  for (let known = path; ; known = known.slice(0, known.lastIndexOf("."))) {
    const rank = ranks.get(known);
    if (rank !== undefined) return rank;
    if (!known.includes(".")) return 0;
  }
}

function pathsIn(value: unknown, keys: readonly string[]): string[] {
  const inner = isMap(value) && keys.length < DEEPEST ? Object.entries(value) : [];
  return [pathText(keys), ...inner.flatMap(([key, within]) => pathsIn(within, [...keys, key]))];
}
