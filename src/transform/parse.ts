import type { Reject } from "../reject.js";
import { parseJson } from "./digits.js";
import { isJsonObject, type JsonObject } from "./paths.js";

const BYTE_ORDER_MARK = "\ufeff";

/**
 * The JSON value of a body, or undefined if it is no JSON text. A leading byte order mark is ignored, as RFC 8259
 * section 8.1 allows; of duplicate keys the last one wins; numbers keep their digits. The parser's message quotes the
 * text: it goes no further.
 */
export function readJson(body: string): { readonly value: unknown } | undefined {
  try {
    return { value: parseJson(body.startsWith(BYTE_ORDER_MARK) ? body.slice(1) : body) };
  } catch {
    return undefined;
  }
}

function reject(code: string, reason: string): { readonly reject: Reject } {
  return { reject: { stage: "parse", code, field: null, reason } };
}

const EMPTY_BODY = reject("empty_body", "the body is empty");
const NOT_JSON = reject("not_json", "the body is no JSON text");
const NOT_AN_OBJECT = reject("not_an_object", "the body is JSON, but no object");

/** Body -> record: the JSON object that it holds, or why it holds none. */
export function parseRecord(body: string): { readonly record: JsonObject } | { readonly reject: Reject } {
  const json = readJson(body);
  if (json === undefined) return /^\ufeff?[ \t\r\n]*$/.test(body) ? EMPTY_BODY : NOT_JSON;
  return isJsonObject(json.value) ? { record: json.value } : NOT_AN_OBJECT;
}
