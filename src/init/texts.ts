import { isIP } from "node:net";
import { countCharacters } from "../characters.js";
import type { InferredType } from "./numbers.js";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const MOMENT =
  /^(\d{4}-\d{2}-\d{2})[Tt ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?([Zz]|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)?$/;

/** Twice what was seen, up to the next of these. */
const WIDTHS = [16, 32, 64, 128, 255, 500, 1000];
/** More different texts are no short list of words. */
const MOST_WORDS = 12;

/** The type of texts: a narrower one than text only where every value fits. */
export function inferText(texts: readonly string[]): InferredType {
  const areAll = (test: (text: string) => boolean): boolean => texts.length > 0 && texts.every(test);
  if (areAll((text) => UUID.test(text))) return { type: "uuid", looksLike: "UUIDs" };
  if (areAll(isDay)) return { type: "date", looksLike: "days" };
  if (areAll((text) => offsetOf(text) === "given")) {
    return { type: "timestamptz", looksLike: "moments in ISO 8601" };
  }
  if (areAll((text) => offsetOf(text) === "none")) {
    return { type: "timestamp", looksLike: "moments in ISO 8601 without a time zone" };
  }
  if (areAll((text) => isIP(text) !== 0)) return { type: "inet", looksLike: "IP addresses" };
  return inferWidth(texts);
}

function inferWidth(texts: readonly string[]): InferredType {
  const longest = Math.max(0, ...texts.map(countCharacters));
  const width = WIDTHS.find((candidate) => candidate >= longest * 2);
  const different = new Set(texts).size;
  const looksLike =
    different <= MOST_WORDS && different * 4 <= texts.length
      ? `${different === 1 ? "always the same text" : `${different} different texts`}`
      : `texts of up to ${longest} characters`;
  return { type: width === undefined ? "text" : `varchar(${width})`, looksLike };
}

/** A day that exists. */
function isDay(text: string): boolean {
  const [, year, month, day] = DAY.exec(text) ?? [];
  if (year === undefined || Number(year) < 1) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day);
}

function offsetOf(text: string): "given" | "none" | undefined {
  const match = MOMENT.exec(text);
  if (match === null || !isDay(match[1] ?? "")) return undefined;
  return match[2] === undefined ? "none" : "given";
}
