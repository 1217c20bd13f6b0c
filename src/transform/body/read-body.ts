import type { BodyFormat, Envelope } from "../../config/formats.js";
import type { Reject } from "../../reject.js";
import { readJson } from "../../types/read-json.js";
import { isJsonObject, type JsonObject } from "../paths.js";
import { decodeText } from "./decode-text.js";
import { isConfirmation, readEventDetail, readNotification } from "./envelopes.js";
import { parseReject } from "./parse-reject.js";
import { mayHoldPointer, readPointer, type S3Pointer } from "./pointer.js";
import { type Records, readRecords } from "./read-records.js";

/** What a body holds. */
export interface Body extends Records {
  /** The fields around the record, of SNS and of EventBridge; empty without an envelope. */
  readonly envelope: JsonObject;
  /** Message attributes that the envelope brought, as the queue itself has them elsewhere; undefined without one. */
  readonly attributes: Readonly<Record<string, string>> | undefined;
  /** Characters of the payload after decoding. */
  readonly size: number;
}

export type BodyReading = Body | { readonly reject: Reject } | { readonly pointer: S3Pointer };

const NOTHING: JsonObject = Object.freeze({});

const NO_LAYERS: Pick<Body, "envelope" | "attributes"> = { envelope: NOTHING, attributes: undefined };

const NOT_ENCODED = parseReject(
  "not_base64",
  "the payload is JSON as it stands, and not base64 as encoding says",
);
const CONFIRMATION = parseReject(
  "sns_confirmation",
  "SNS asks whether a subscription is wanted, or says that it has ended: there is no event in it",
);
const NO_ENVELOPE: Readonly<Record<"sns" | "eventbridge", { readonly reject: Reject }>> = {
  sns: parseReject(
    "no_envelope",
    "the body is no SNS notification: with raw message delivery set envelope to none, or to auto for both",
  ),
  eventbridge: parseReject(
    "no_envelope",
    "the body is no event of EventBridge: where a target has its own input set envelope to none, or to auto for both",
  ),
};

/**
 * Reads a body from the outside in: envelopes are taken off, an encoded text is decoded where it is met, and a pointer
 * is replaced by `payload`, the object that it points to; without that, the answer is the pointer. The services write
 * their envelopes around what a producer gave them, so an encoded or offloaded payload is inside of them as a rule; a
 * body that was encoded or offloaded with its envelope is read all the same.
 */
export function readBody(body: string, format: BodyFormat, payload?: string): BodyReading {
  if (format.envelope === "none" && format.encoding === "json" && !mayHoldPointer(body)) {
    const records = readRecords(body);
    return "reject" in records ? records : bodyOf(records, NO_LAYERS, body.length);
  }
  const layers = createLayers(format);
  let text = body;
  let offloaded = payload;
  for (;;) {
    const pointed = readPointer(text, format.s3Buckets);
    if (pointed !== undefined) {
      if ("reject" in pointed || offloaded === undefined) return pointed;
      text = offloaded;
      offloaded = undefined;
      continue;
    }
    const next = layers.takeOff(text);
    if ("reject" in next) return next;
    if ("text" in next) {
      text = next.text;
      continue;
    }
    return bodyOf(next.records, layers.around(), text.length);
  }
}

/** Field by field: copying objects as a whole takes as long as parsing a small body. */
function bodyOf(
  { records, isList }: Records,
  { envelope, attributes }: Pick<Body, "envelope" | "attributes">,
  size: number,
): Body {
  return { records, isList, envelope, attributes, size };
}

type Layer = { readonly text: string } | { readonly records: Records } | { readonly reject: Reject };

interface Layers {
  /** What is inside of a text: another text, or the records. */
  takeOff(text: string): Layer;
  around(): Pick<Body, "envelope" | "attributes">;
}

function createLayers({ envelope, encoding }: BodyFormat): Layers {
  let isDecoded = encoding === "json";
  let wanted: Envelope = envelope;
  let around = NOTHING;
  let attributes: Readonly<Record<string, string>> | undefined;

  const recordsOf = (text: string, json: { readonly value: unknown } | undefined): Layer => {
    const records = readRecords(text, json);
    if ("reject" in records && json === undefined) return records;
    if (wanted === "sns" || wanted === "eventbridge") return NO_ENVELOPE[wanted];
    if (!isDecoded) return NOT_ENCODED;
    return "reject" in records ? records : { records };
  };

  const takeOffEnvelope = (value: JsonObject): Layer | undefined => {
    if (wanted === "sns" || wanted === "auto") {
      const notification = readNotification(value);
      if (notification !== undefined) {
        wanted = wanted === "auto" ? "auto" : "none";
        attributes = { ...attributes, ...notification.attributes };
        around = { ...around, ...value };
        return { text: notification.message };
      }
      if (isConfirmation(value)) return CONFIRMATION;
    }
    if (wanted === "eventbridge" || wanted === "auto") {
      const detail = readEventDetail(value);
      if (detail === undefined) return undefined;
      if (!isDecoded) return NOT_ENCODED;
      around = { ...around, ...value };
      return { records: { records: [detail], isList: false } };
    }
    return undefined;
  };

  return {
    takeOff: (text) => {
      if (encoding !== "json" && !isDecoded && !isJsonLike(text)) {
        isDecoded = true;
        return decodeText(text, encoding);
      }
      const json = readJson(text);
      const inner = isJsonObject(json?.value) ? takeOffEnvelope(json.value) : undefined;
      return inner ?? recordsOf(text, json);
    },
    around: () => ({ envelope: around, attributes }),
  };
}

/** Or blank. Base64 has neither of these characters, so the two are never taken for each other. */
function isJsonLike(text: string): boolean {
  return /^\ufeff?[ \t\r\n]*(?:[[{]|$)/.test(text);
}
