import { quoted } from "../quoted.js";
import type { Reading } from "../reading.js";
import { printPath } from "./path.js";
import { pathText } from "./path-text.js";
import type { Match, Pipeline, Scalar, Source } from "./pipeline.js";
import { isMap, type Note, take } from "./reading.js";
import { parseSource } from "./source.js";

/** Reads `records`: a path into the body's record, which is a list there. */
export function readRecordsPath(raw: unknown, note: Note): Pipeline["records"] {
  const read: Reading<Source> | undefined = typeof raw === "string" ? parseSource(raw) : undefined;
  const source = take(read, (said) => note("records", said));
  if (source === undefined) return undefined;
  if (source.kind === "record") return source.path;
  note("records", `must be a path into the body, such as order.items, and ${source.text} is none`);
  return undefined;
}

/**
 * Reads `match`: by path, the value that must be there, or a list of which it must be one. `isOfElements`: the pipeline
 * has `records`, so that plain paths start at their elements.
 */
export function readMatch(raw: unknown, isOfElements: boolean, note: Note): Match[] {
  if (!isMap(raw)) return [];
  const seen = new Map<string, string>();
  if (Object.keys(raw).length === 0) note("match", "needs at least one path, or leave it out");
  return Object.entries(raw).flatMap(([text, given]): Match[] => {
    const noteHere = (said: string): void => note(pathText(["match", text]), said);
    const from = take(parseSource(text), noteHere);
    const values = (Array.isArray(given) ? given : [given]).filter(isScalar);
    if (Array.isArray(given) && given.length === 0) noteHere("needs at least one value");
    noteValues(values, from, noteHere);
    if (from === undefined) return [];
    if (from.kind !== "record" && from.kind !== "attribute" && from.kind !== "envelope") {
      noteHere(
        `${from.text} cannot be matched: only values of the body, its envelope and $attributes.NAME can`,
      );
      return [];
    }
    const place = placeOf(from, isOfElements);
    const other = seen.get(place);
    if (other !== undefined)
      noteHere(`is the same place as ${quoted(other)}: give all its values in one list`);
    seen.set(place, text);
    return [{ from, values }];
  });
}

function noteValues(values: readonly Scalar[], from: Source | undefined, note: (said: string) => void): void {
  if (new Set(values).size < values.length) note("lists a value twice");
  for (const value of values) {
    if (typeof value === "string" && (value.includes("\u0000") || !value.isWellFormed()))
      note("cannot hold a NUL or a lone surrogate");
    if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value))
      note("holds a number beyond 2^53, which has lost digits here: no value would be equal to it");
    if (from?.kind === "attribute" && typeof value !== "string" && value !== null)
      note(`message attributes are text: write "${value}" in quotes`);
  }
}

/** Two texts may name one place: `a` and `$.a` where there are no elements, and the ways to write a key. */
function placeOf(
  from: Extract<Source, { kind: "record" | "attribute" | "envelope" }>,
  isOfElements: boolean,
): string {
  if (from.kind === "attribute") return `$attributes.${from.name}`;
  if (from.kind === "envelope") return `$envelope.${printPath(from.path)}`;
  return `${isOfElements && from.root === undefined ? "" : "$."}${printPath(from.path)}`;
}

function isScalar(value: unknown): value is Scalar {
  return (
    value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean"
  );
}
