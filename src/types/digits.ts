import { randomBytes } from "node:crypto";
import { losesDigits } from "./decimal.js";

/**
 * Stands before the digits of a number while it goes through JSON as a string. Nobody outside of this process can know
 * it, so that no string of a message is taken for a number.
 */
const MARK = `${randomBytes(16).toString("hex")}:`;
const MARKED = new RegExp(`"${MARK}([^"]*)"`, "g");

/** A JSON number with more digits than a double holds, or beyond its range: its text as the message has it. */
export class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  /** `jsonText` makes a number of it again. */
  toJSON(): string {
    return MARK + this.text;
  }
}

/**
 * Numbers of up to 15 digits keep them as a double, within 300 powers of ten
 * (https://en.wikipedia.org/wiki/Double-precision_floating-point_format): a text without more is not looked at closer.
 * What stands before a number is asked for because a third of all UUIDs hold what looks like a large exponent.
 */
const LONG_RUN = 16;
const LARGE_EXPONENT = /(?:^|[[:,\s])-?\d[\d.]*[eE][+-]?\d{3}/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The value of a JSON text, with `Digits` for the numbers that would lose some. Throws as `JSON.parse` does. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!hasLongRun(text) && !LARGE_EXPONENT.test(text)) return value;
  const marked = markNumbers(text);
  return marked === undefined ? value : unmarked(JSON.parse(marked));
}

/**
 * Whether as many digits and points follow each other anywhere. Each such run crosses a multiple of its length, so that
 * most characters need not be read: this is done for every message.
 */
function hasLongRun(text: string): boolean {
  for (let at = LONG_RUN - 1; at < text.length; at += LONG_RUN) {
    if (!isOfNumber(text.charCodeAt(at))) continue;
    let start = at;
    while (isOfNumber(text.charCodeAt(start - 1))) start -= 1;
    let end = at + 1;
    while (end - start < LONG_RUN && isOfNumber(text.charCodeAt(end))) end += 1;
    if (end - start >= LONG_RUN) return true;
  }
  return false;
}

/** A digit or a point (and a slash, which does no harm); false beyond the ends of a text, where there is no code. */
function isOfNumber(code: number): boolean {
  return code >= 0x2e && code <= 0x39;
}

/** A value as a JSON text, with the numbers that `parseJson` kept; undefined for what JSON cannot hold. */
export function jsonText(
  value: unknown,
  isWritable: (digits: string) => boolean = () => true,
): string | "unwritable" | undefined {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined || !json.includes(MARK)) return json;
  let allWritable = true;
  const text = json.replace(MARKED, (_, digits: string) => {
    allWritable &&= isWritable(digits);
    return digits;
  });
  return allWritable ? text : "unwritable";
}

/** A valid JSON text with each number that loses digits as a marked string; undefined where there is none. */
function markNumbers(text: string): string | undefined {
  const parts: string[] = [];
  let isMarked = false;
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at);
    const start = quote < 0 ? text.length : quote;
    parts.push(
      text.slice(at, start).replace(NUMBER, (number) => {
        if (!losesDigits(number)) return number;
        isMarked = true;
        return `"${MARK}${number}"`;
      }),
    );
    at = quote < 0 ? text.length : endOfString(text, quote);
    parts.push(text.slice(start, at));
  }
  return isMarked ? parts.join("") : undefined;
}

/** Behind the quote that closes the string which begins at `start`: one with an even number of backslashes before it. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let before = quote;
    while (text[before - 1] === "\\") before -= 1;
    if ((quote - before) % 2 === 0) return quote + 1;
  }
  return text.length;
}

/** Puts `Digits` in the place of marked strings; without recursion, since a message may be nested as deep as it is long. */
function unmarked(whole: unknown): unknown {
  const root = { whole };
  const open: object[] = [root];
  for (let holder = open.pop(); holder !== undefined; holder = open.pop()) {
    for (const [key, value] of Object.entries(holder)) {
      if (typeof value === "object" && value !== null) open.push(value);
      else if (typeof value === "string" && value.startsWith(MARK)) {
        // Defined, not assigned: a key may be __proto__.
        Object.defineProperty(holder, key, {
          ...{ value: new Digits(value.slice(MARK.length)), writable: true },
          ...{ enumerable: true, configurable: true },
        });
      }
    }
  }
  return root.whole;
}
