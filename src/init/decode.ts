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

/** All that an event of EventBridge has besides its `detail` and `resources`. */
const EVENT_FIELDS = ["version", "id", "detail-type", "source", "account", "time", "region"];

/**
 * The envelopes that AWS puts around what it forwards: SNS's notification (without raw message delivery), and an event
 * of EventBridge. What only resembles one is a record.
 */
function unwrap(record: JsonObject): DecodedBody | undefined {
  const { Type, TopicArn, MessageId, Timestamp, Message, detail, resources } = record;
  const isOfTopic = areTexts([TopicArn, MessageId, Timestamp]) && /^arn:[^:]+:sns:/.test(String(TopicArn));
  if (Type === "Notification" && isOfTopic && typeof Message === "string") {
    const decoded = decodeText(Message);
    return decoded === undefined ? undefined : { envelope: "sns", ...decoded };
  }
  const isEvent = areTexts(EVENT_FIELDS.map((name) => record[name])) && Array.isArray(resources);
  return isEvent && isJsonObject(detail)
    ? { envelope: "eventbridge", encoding: "json", records: [detail] }
    : undefined;
}

function areTexts(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === "string");
}

interface DecodedText {
  readonly encoding: Encoding;
  readonly records: readonly JsonObject[];
}

function decodeText(text: string): DecodedText | undefined {
  const plain = recordsIn(text);
  if (plain !== undefined) return { encoding: "json", records: plain };
  const trimmed = text.trim();
  if (!/^[A-Za-z0-9+/]{8,}={0,2}$/.test(trimmed)) return undefined;
  const bytes = Buffer.from(trimmed, "base64");
  // Strictly, as a drain takes it.
  if (bytes.toString("base64") !== trimmed) return undefined;
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

/** What the extended clients put in the place of a payload that was too large: `["...S3Pointer", {...}]`. */
export function isS3Pointer(body: string): boolean {
  if (!body.includes("S3Pointer")) return false;
  const value = readJson(body)?.value;
  return Array.isArray(value) && typeof value[0] === "string" && value[0].endsWith("S3Pointer");
}
