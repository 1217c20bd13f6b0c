import { Digits } from "../../types/digits.js";
import { snakeCase } from "../names.js";
import type { Finding, PersonalKind } from "./kinds.js";
import { NAME_RULES, NAME_WORDS, type NameRule, NOT_THE_DATA, PEOPLE } from "./words.js";

/** Two to four words that begin with capitals, and nothing else. */
const NAME_FORM =
  /^\p{Lu}[\p{L}'’.-]*(?: (?:(?:van|von|de|der|da|di|la|le|el|bin|al) )*\p{Lu}[\p{L}'’.-]*){1,3}$/u;
const NAME_FORM_SHARE = 0.6;

/**
 * What a field's name says about it, if that is personal data. A boolean says nothing about a person; neither does the
 * type, the count or the status of something.
 */
export function findByName(path: readonly string[], values: readonly unknown[]): Finding | undefined {
  const words = wordsOf(path.at(-1) ?? "");
  if (NOT_THE_DATA.has(words.at(-1) ?? "") && !isWholly(words)) return undefined;
  if (/^(?:is|has|can|num|no_of|count|hash)$/.test(words[0] ?? "") && words.length > 1) return undefined;
  if (values.length > 0 && values.every((value) => typeof value === "boolean")) return undefined;
  const rule = NAME_RULES.find((candidate) => isNamed(words, candidate) && isPossible(candidate, values));
  if (rule !== undefined) return { kind: rule.kind, reason: `its name says ${rule.label}` };
  return findPerson(path, words, values);
}

/** `birth_year` and `cookie_id` are whole words of their own, although they end like others. */
function isWholly(words: readonly string[]): boolean {
  const name = words.join("_");
  return NAME_RULES.some((rule) => rule.words.includes(name));
}

/** The words of a key; a number at its end counts with its word, and accents are taken off. */
function wordsOf(key: string): readonly string[] {
  return snakeCase(key)
    .split("_")
    .filter((word) => word !== "");
}

function isNamed(words: readonly string[], { words: known, stems = [] }: NameRule): boolean {
  const name = `_${words.join("_")}_`;
  if (known.some((word) => name.includes(`_${word}_`))) return true;
  const unnumbered = words.map((word) => word.replace(/\d+$/, ""));
  return (
    known.includes(unnumbered.join("_")) ||
    unnumbered.some((word) => stems.some((stem) => word.startsWith(stem) || word.endsWith(stem)))
  );
}

/** Kinds that are never numbers: a number of tokens is no token, a number of logins no name. */
const TEXTS_ONLY: ReadonlySet<PersonalKind> = new Set(["secret", "mac", "email", "person-name", "free-text"]);
const MOMENT = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?$/;

function isPossible({ kind, onlyFractions }: NameRule, values: readonly unknown[]): boolean {
  if (onlyFractions === true) return values.length > 0 && values.every(isFraction);
  if (values.length === 0) return true;
  // The time of the last login is no login.
  const areMoments = values.every((value) => typeof value === "string" && MOMENT.test(value));
  if (areMoments) return kind === "birth-date";
  return !(TEXTS_ONLY.has(kind) && values.every(isNumber));
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" || value instanceof Digits;
}

function isFraction(given: unknown): boolean {
  const value = given instanceof Digits ? Number(given.text) : given;
  return typeof value === "number" && Math.abs(value) <= 180 && (!Number.isInteger(value) || value === 0);
}

/** A plain `name` is a person's where it stands under a person, or where its values have the form of one. */
function findPerson(
  path: readonly string[],
  words: readonly string[],
  values: readonly unknown[],
): Finding | undefined {
  if (!NAME_WORDS.has(words.at(-1) ?? "")) return undefined;
  const owner = words.length > 1 ? words.slice(0, -1) : wordsOf(path.at(-2) ?? "");
  if (PEOPLE.has(owner.at(-1) ?? ""))
    return { kind: "person-name", reason: "its name says name of a person" };
  const formed = values.filter((value) => typeof value === "string" && NAME_FORM.test(value)).length;
  if (owner.length > 0 && words.length > 1) return undefined;
  if (values.length === 0 || formed / values.length < NAME_FORM_SHARE) return undefined;
  return { kind: "person-name", reason: `looks like names of people in ${formed} of ${values.length}` };
}
