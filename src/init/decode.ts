import { gunzipSync } from "node:zlib";
import { readJson } from "../transform/parse.js";
import { isJsonObject, type JsonObject } from "../transform/paths.js";

export type Envelope = "none" | "sns" | "eventbridge";
export type Encoding = "json" | "base64" | "gzip+base64";

/** How a body holds its records. */
export interface BodyForm {
  readonly envelope: Envelope;
  readonly encoding: Encoding;
}

/** What was found in one body; undefined in the place of it: no JSON objects in any form that is known. */
export interface DecodedBody extends BodyForm {
  readonly records: readonly JsonObject[];
}

/** Of one body, unpacked: a bomb is no reason to run out of memory. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Finds out how a body is wrapped and encoded, and takes its records out. */
export function decodeBody(body: string): DecodedBody | undefined {
  const plain = decodeText(body);
  if (plain === undefined) return undefined;
  const [only, second] = plain.records;
  if (only === undefined || second !== undefined || plain.encoding !== "json") {
    return { envelope: "none", ...plain };
  }
  const inner = unwrap(only);
  return inner ?? { envelope: "none", ...plain };
}

/**
 * The envelopes that AWS puts around what it forwards: SNS's notification (without raw message delivery), and an event
 * of EventBridge.
 */
function unwrap(record: JsonObject): DecodedBody | undefined {
  const { Type, TopicArn, Message, detail } = record;
  if (Type === "Notification" && typeof TopicArn === "string" && typeof Message === "string") {
    const decoded = decodeText(Message);
    return decoded === undefined ? undefined : { envelope: "sns", ...decoded };
  }
  if (typeof record["detail-type"] === "string" && "source" in record && isJsonObject(detail)) {
    return { envelope: "eventbridge", encoding: "json", records: [detail] };
  }
  return undefined;
}

interface DecodedText {
  readonly encoding: Encoding;
  readonly records: readonly JsonObject[];
}

function decodeText(text: string): DecodedText | undefined {
  const plain = recordsIn(text);
  if (plain !== undefined) return { encoding: "json", records: plain };
  const compact = text.replace(/\s+/g, "");
  if (compact.length < 8 || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return undefined;
  const bytes = Buffer.from(compact, "base64");
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const inner = isZipped ? gunzip(bytes) : bytes;
  const records = inner === undefined ? undefined : recordsIn(inner.toString("utf8"));
  return records === undefined ? undefined : { encoding: isZipped ? "gzip+base64" : "base64", records };
}

function gunzip(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch {
    return undefined;
  }
}

/** An object, an array of objects, or an object a line: its records; undefined for anything else. */
function recordsIn(text: string): readonly JsonObject[] | undefined {
  const json = readJson(text);
  if (json !== undefined) {
    if (isJsonObject(json.value)) return [json.value];
    return Array.isArray(json.value) ? objectsOf(json.value) : undefined;
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.length < 2 ? undefined : objectsOf(lines.map((line) => readJson(line)?.value));
}

function objectsOf(values: readonly unknown[]): readonly JsonObject[] | undefined {
  return values.length > 0 && values.every(isJsonObject) ? values : undefined;
}
