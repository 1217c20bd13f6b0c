import { formatCount } from "../../format-count.js";
import type { Reject } from "../../reject.js";
import { readJson } from "../../types/read-json.js";
import { isJsonObject, type JsonObject } from "../paths.js";
import { parseReject } from "./parse-reject.js";

/** Records of one message: with more of them a statement would be no batch any more. */
export const MOST_RECORDS = 100_000;

export interface Records {
  readonly records: readonly JsonObject[];
  /** Whether the body is a list of them, so that a field needs to say which one it is of. */
  readonly isList: boolean;
}

const EMPTY_BODY = parseReject("empty_body", "the body is empty");
const NOT_JSON = parseReject("not_json", "the body is no JSON text");
const NOT_AN_OBJECT = parseReject("not_an_object", "the body is JSON, but no object");
const NO_RECORDS = parseReject("no_records", "the body is an empty list");
const TOO_MANY = parseReject(
  "too_many_records",
  `the body holds more than ${formatCount(MOST_RECORDS)} records`,
);

/** The records of a payload: a JSON object is one, and of a list or of newline-delimited JSON each element is. */
export function readRecords(
  text: string,
  json: { readonly value: unknown } | undefined = readJson(text),
): Records | { readonly reject: Reject } {
  if (json === undefined) return isBlank(text) ? EMPTY_BODY : readLines(text);
  if (isJsonObject(json.value)) return { records: [json.value], isList: false };
  return Array.isArray(json.value) ? readList(json.value) : NOT_AN_OBJECT;
}

/** JSON's own white space, behind a byte order mark or not. */
function isBlank(text: string): boolean {
  return /^\ufeff?[ \t\r\n]*$/.test(text);
}

function readList(elements: readonly unknown[]): Records | { readonly reject: Reject } {
  if (elements.length === 0) return NO_RECORDS;
  if (elements.length > MOST_RECORDS) return TOO_MANY;
  const wrong = elements.findIndex((element) => !isJsonObject(element));
  if (wrong >= 0)
    return parseReject("not_an_object", "an element of the body's list is no object", `[${wrong}]`);
  return { records: elements.filter(isJsonObject), isList: true };
}

/**
 * Newline-delimited JSON: a record a line, blank lines between them or not. A text whose first line is no object is
 * taken for one broken JSON text, which is what most of them are.
 */
function readLines(text: string): Records | { readonly reject: Reject } {
  const records: JsonObject[] = [];
  for (const line of linesOf(text)) {
    if (isBlank(line)) continue;
    const value = readJson(line)?.value;
    if (isJsonObject(value)) records.push(value);
    else if (records.length === 0) return NOT_JSON;
    else return wrongLine(value, records.length);
    if (records.length > MOST_RECORDS) return TOO_MANY;
  }
  return { records, isList: true };
}

/** One after the other, since a text whose first line is none is not read any further. */
function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf("\n", start);
    yield text.slice(start, end < 0 ? undefined : end);
    start = end < 0 ? text.length : end + 1;
  }
}

function wrongLine(value: unknown, index: number): { readonly reject: Reject } {
  return value === undefined
    ? parseReject("not_json", "a line of the body is no JSON text", `[${index}]`)
    : parseReject("not_an_object", "a line of the body is JSON, but no object", `[${index}]`);
}
