import { parseJson } from "./digits.js";

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
