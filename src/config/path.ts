import { quoted } from "../quoted.js";
import type { Reading } from "../reading.js";

/** Keys of objects, and places in arrays (negative ones count from the end). */
export type Path = readonly (string | number)[];

/** What an index can be: more than an array of a message can have elements. */
const LONGEST_INDEX = 9;
const HOW = "write keys joined by dots, such as device.id";
const IN_BRACKETS = 'in brackets stands an index, such as [0] or [-1], or a key in quotes, such as ["a key"]';

/** Of JSON, and the apostrophe. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ...['"', "'", "\\", "/"].map((same): [string, string] => [same, same]),
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** A mistake at a place of the text, counted from 0. */
class PathMistake extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/**
 * Reads `a.b`, `a[0]`, `a[-1]`, `a["any key"]` and `["first key"].b`; quotes are single or double, and in them stand the
 * escapes of JSON. `before`: what stands in front of the path in the text that its author wrote.
 */
export function parsePath(text: string, before = ""): Reading<Path> {
  if (text.includes("\u0000") || !text.isWellFormed())
    return { problem: "a path cannot hold a NUL or a lone surrogate" };
  try {
    return { value: keysOf(text) };
  } catch (error) {
    if (!(error instanceof PathMistake)) throw error;
    const place = `at character ${before.length + error.at + 1}`;
    return { problem: `${quoted(before + text)} is no path: ${error.message.replace("@", place)}` };
  }
}

/** The path as its author might have written it; what `parsePath` makes of it is the same path. */
export function printPath(path: Path): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      if (!/^[\p{L}\p{N}_-]+$/u.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join("");
}

function keysOf(text: string): Path {
  const path: (string | number)[] = [];
  let at = 0;
  if (text[0] !== "[") at = readKey(text, 0, path);
  while (at < text.length) {
    if (text[at] === ".") at = readKey(text, at + 1, path);
    else if (text[at] === "[") at = readBrackets(text, at, path);
    else throw new PathMistake(at, "behind ] comes a dot, a [ or nothing, and not what is @");
  }
  return path;
}

/** A key without quotes, up to the next dot or bracket; returns where it ends. */
function readKey(text: string, start: number, path: (string | number)[]): number {
  const key = /^[^.[\]]*/.exec(text.slice(start))?.[0] ?? "";
  const end = start + key.length;
  if (key === "") throw new PathMistake(start, `a key is missing @: ${HOW}`);
  if (text[end] === "]") throw new PathMistake(end, "the ] @ closes nothing");
  if (/^["'\s]|\s$/.test(key)) {
    const plain = key.trim().replace(/^(["'])(.*)\1$/, "$2");
    throw new PathMistake(
      start,
      `a key with quotes or spaces around it @ is put in brackets: [${quoted(plain)}]`,
    );
  }
  path.push(key);
  return end;
}

/** `[0]`, `[-1]` or `["key"]`; returns where it ends. */
function readBrackets(text: string, start: number, path: (string | number)[]): number {
  const quote = text[start + 1];
  if (quote === '"' || quote === "'") {
    const { key, end } = readQuoted(text, start + 1, quote);
    if (text[end] !== "]") throw new PathMistake(end, "a ] is missing @");
    path.push(key);
    return end + 1;
  }
  const end = text.indexOf("]", start);
  if (end < 0) throw new PathMistake(start, "the [ @ is not closed");
  const within = text.slice(start + 1, end);
  if (within === "" || within === "*") {
    throw new PathMistake(
      start,
      `a path leads to one value, so there is no [${within}] as @: load the array as a whole, or set records to its path`,
    );
  }
  if (!/^(?:0|-?[1-9]\d*)$/.test(within))
    throw new PathMistake(start + 1, `${IN_BRACKETS}, and not what is @`);
  if (within.length > LONGEST_INDEX) throw new PathMistake(start + 1, "the index @ is larger than any array");
  path.push(Number(within));
  return end + 1;
}

function readQuoted(
  text: string,
  start: number,
  quote: string,
): { readonly key: string; readonly end: number } {
  let key = "";
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === quote) return { key, end: at + 1 };
    if (character !== "\\") {
      key += character;
      continue;
    }
    const code = /^u([0-9a-fA-F]{4})/.exec(text.slice(at + 1, at + 6))?.[1];
    const escaped =
      code === undefined ? ESCAPES.get(text[at + 1] ?? "") : String.fromCharCode(Number.parseInt(code, 16));
    if (escaped === undefined)
      throw new PathMistake(at, "the \\ @ begins no escape of JSON: a \\ is written \\\\");
    key += escaped;
    at += code === undefined ? 1 : 5;
  }
  throw new PathMistake(start, "the quote @ is not closed");
}
