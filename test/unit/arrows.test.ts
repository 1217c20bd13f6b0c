import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));

/** The rooms from the bottom up: a room imports from those of earlier lines, never from one beside or above it. */
const ROOMS = [
  ["aws", "masking"],
  ["types"],
  ["config"],
  ["fetcher", "loader", "transform"],
  ["payloads"],
  ["drain"],
  ["doctor", "init", "masked-data", "rejects"],
  ["cli"],
];

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Of each other's files, types too; both by their path in `src`. */
function readImports(): Import[] {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts"));
  return files.flatMap((from) =>
    [...readFileSync(`${SRC}/${from}`, "utf8").matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)\.js"/g)].map(
      ([, path = ""]) => ({ from, to: `${posix.join(posix.dirname(from), path)}.ts` }),
    ),
  );
}

const imports = readImports();

/** What a file belongs to, seen from a folder that it is in: one of that folder's own folders, or itself. */
function placeIn(folder: string, file: string): string {
  return file.slice(folder.length).split("/")[0] ?? file;
}

/** The first circle of arrows between the places of a folder, as one line an arrow; none: an empty list. */
function circleIn(folder: string): string[] {
  const arrows = new Map<string, Map<string, string>>();
  for (const { from, to } of imports) {
    if (!from.startsWith(folder) || !to.startsWith(folder)) continue;
    const [start, end] = [placeIn(folder, from), placeIn(folder, to)];
    if (start === end) continue;
    const ends = arrows.get(start) ?? new Map<string, string>();
    arrows.set(start, ends.set(end, `${from} -> ${to}`));
  }
  const done = new Set<string>();
  const walk = (place: string, way: readonly string[], lines: readonly string[]): string[] => {
    if (way.includes(place)) return lines.slice(way.indexOf(place));
    if (done.has(place)) return [];
    for (const [next, line] of arrows.get(place) ?? []) {
      const circle = walk(next, [...way, place], [...lines, line]);
      if (circle.length > 0) return circle;
    }
    done.add(place);
    return [];
  };
  for (const place of arrows.keys()) {
    const circle = walk(place, [], []);
    if (circle.length > 0) return circle;
  }
  return [];
}

test("each room imports from those below it only", () => {
  const levels = new Map(ROOMS.flatMap((rooms, level) => rooms.map((room) => [room, level] as const)));
  const folders = new Set(imports.flatMap(({ from }) => (from.includes("/") ? [placeIn("", from)] : [])));
  expect([...folders].toSorted()).toEqual([...levels.keys()].toSorted());
  const upwards = imports.filter(({ from, to }) => {
    const [start, end] = [placeIn("", from), placeIn("", to)];
    return start !== end && (levels.get(end) ?? -1) >= (levels.get(start) ?? Number.POSITIVE_INFINITY);
  });
  expect(upwards.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test("no arrows go round in a circle, between files, folders, or a file and a folder beside it", () => {
  expect(imports.length).toBeGreaterThan(1000);
  const folders = new Set(imports.flatMap(({ from }) => foldersOf(from)));
  expect(["", ...folders].map((folder) => circleIn(folder)).filter((circle) => circle.length > 0)).toEqual(
    [],
  );
});

/** `loader/` and `loader/errors/` of `loader/errors/sqlstate.ts`. */
function foldersOf(file: string): string[] {
  const names = file.split("/").slice(0, -1);
  return names.map((_, depth) => `${names.slice(0, depth + 1).join("/")}/`);
}
