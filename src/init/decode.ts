import type { Encoding, Envelope } from "../config/formats.js";
import { decodeText } from "../transform/body/decode-text.js";
import { readEventDetail, readNotification } from "../transform/body/envelopes.js";
import { readRecords } from "../transform/body/read-records.js";
import type { JsonObject } from "../transform/paths.js";

/** How a body holds its records. */
export interface BodyForm {
  readonly envelope: Exclude<Envelope, "auto">;
  readonly encoding: Encoding;
}

/** What was found in one body; undefined in the place of it: no JSON objects in any form that is known. */
export interface DecodedBody extends BodyForm {
  readonly records: readonly JsonObject[];
}

type DecodedText = Omit<DecodedBody, "envelope">;

/** Of one body, unpacked: a bomb is no reason to run out of memory. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Finds out how a body is wrapped and encoded, and takes its records out. */
export function decodeBody(body: string): DecodedBody | undefined {
  const plain = decode(body);
  if (plain === undefined) return undefined;
  const [only, second] = plain.records;
  if (only === undefined || second !== undefined || plain.encoding !== "json") {
    return { envelope: "none", ...plain };
  }
  return unwrap(only) ?? { envelope: "none", ...plain };
}

/** The envelopes that AWS puts around what it forwards. What only resembles one is a record. */
function unwrap(record: JsonObject): DecodedBody | undefined {
  const notification = readNotification(record);
  if (notification !== undefined) {
    const decoded = decode(notification.message);
    return decoded === undefined ? undefined : { envelope: "sns", ...decoded };
  }
  const detail = readEventDetail(record);
  return detail && { envelope: "eventbridge", encoding: "json", records: [detail] };
}

function decode(text: string): DecodedText | undefined {
  const plain = recordsIn(text);
  if (plain !== undefined) return { encoding: "json", records: plain };
  const trimmed = text.trim();
  if (!/^[A-Za-z0-9+/]{8,}={0,2}$/.test(trimmed)) return undefined;
  const [first, second] = Buffer.from(trimmed.slice(0, 4), "base64");
  const encoding = first === 0x1f && second === 0x8b ? "gzip+base64" : "base64";
  const inner = decodeText(trimmed, encoding, MOST_BYTES);
  const records = "reject" in inner ? undefined : recordsIn(inner.text);
  return records === undefined ? undefined : { encoding, records };
}

function recordsIn(text: string): readonly JsonObject[] | undefined {
  const read = readRecords(text);
  return "reject" in read ? undefined : read.records;
}
