import { isIP } from "node:net";
import { Digits } from "../../types/digits.js";
import type { Finding } from "./kinds.js";
import { VALUE_TESTS, type ValueTest } from "./value-tests.js";

/**
 * Of the values with the form of a kind, this share has to pass its check: a check digit lets one in ten random numbers
 * through, real ones all.
 */
const PASSING_SHARE = 0.5;
/** Nothing of a kind is longer than this. */
const LONGEST_VALUE = 512;
/** Of a long text, so much is looked through. */
const LONGEST_TEXT = 65_536;

/** What the values themselves look like, if that is personal data. Numbers count by their digits. */
export function findByValue(values: readonly unknown[]): Finding | undefined {
  const texts = values.flatMap((value) => textOf(value));
  const short = texts.filter(({ length }) => length <= LONGEST_VALUE);
  for (const valueTest of VALUE_TESTS) {
    const hits = hitsOf(valueTest, short);
    if (hits > 0) {
      return { kind: valueTest.kind, reason: `looks like ${valueTest.label} in ${hits} of ${values.length}` };
    }
  }
  return findInside(texts, values.length);
}

/** How many values are of the kind; 0 if too many fail its check. */
function hitsOf({ test }: ValueTest, texts: readonly string[]): number {
  let hits = 0;
  let misses = 0;
  for (const text of texts) {
    const verdict = test(text.trim());
    if (verdict === "hit") hits += 1;
    else if (verdict === "miss") misses += 1;
  }
  return hits / (hits + misses) >= PASSING_SHARE ? hits : 0;
}

function textOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value instanceof Digits) return [value.text];
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? [String(value)] : [];
}

/** From the last character before the at sign on: a long word without one must not be walked through again and again. */
const EMAIL_INSIDE = /[\w.+-](?:@|%40)[\w-]{1,63}\.[\w.-]{0,190}[a-z]{2}/i;
const PHONE_INSIDE =
  /(?<![\w.:+-])\+[1-9]\d{0,2}[ -]?(?:\(\d{1,4}\)[ -]?)?\d{2,4}(?:[ -]?\d{2,4}){2,4}(?![\w:-])/;

/** Sentences, URLs and lists with an address somewhere in them. */
function findInside(texts: readonly string[], total: number): Finding | undefined {
  const looked = texts.map((text) => text.slice(0, LONGEST_TEXT));
  const hits = looked.filter(
    (text) => EMAIL_INSIDE.test(text) || PHONE_INSIDE.test(text) || listsAddress(text),
  ).length;
  if (hits === 0) return undefined;
  return { kind: "free-text", reason: `holds e-mail, IP addresses or phone numbers in ${hits} of ${total}` };
}

function listsAddress(text: string): boolean {
  return text
    .split(/[\s,;|()"'=<>[\]/]+/)
    .some((word) => /\d/.test(word) && /^[\da-f:.]{7,}$/i.test(word) && isIP(word) !== 0);
}
