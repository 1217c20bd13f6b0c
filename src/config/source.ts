import { suggestion } from "../nearest.js";
import { quoted } from "../quoted.js";
import type { Reading } from "../reading.js";
import type { ColumnType, ScalarType } from "../types/column-type.js";
import { parsePath } from "./path.js";
import type { Source } from "./pipeline.js";

type MessageValue = Extract<Source, { kind: "message" }>["value"];

const MESSAGE_VALUES: readonly MessageValue[] = [
  "sent_at",
  "message_id",
  "receive_count",
  "group_id",
  "sequence_number",
  "queue",
  "run_id",
];
const REST = "$rest";
const ATTRIBUTE_PREFIX = "$attributes.";
const ENVELOPE = "$envelope";
const NAMES = [
  ...MESSAGE_VALUES.map((value) => `$${value}`),
  `${ATTRIBUTE_PREFIX}NAME`,
  `${ENVELOPE}.NAME`,
  REST,
];

/** Reads a column's `from`: a path into the record, or a `$` name for a value of the message around it. */
export function parseSource(text: string): Reading<Source> {
  if (text.startsWith(ATTRIBUTE_PREFIX)) return parseAttribute(text);
  if (text.startsWith("$.") || text.startsWith("$[")) return parseRootPath(text);
  if (text === REST) return { value: { kind: "rest", text } };
  if (text.startsWith(`${ENVELOPE}.`) || text.startsWith(`${ENVELOPE}[`)) return parseEnvelopePath(text);
  if (text.startsWith("$")) {
    const value = MESSAGE_VALUES.find((candidate) => `$${candidate}` === text);
    if (value !== undefined) return { value: { kind: "message", value, text } };
    return { problem: `${quoted(text)} is nothing that a message has${suggestion(text, NAMES)}` };
  }
  const path = parsePath(text);
  return "problem" in path ? path : { value: { kind: "record", path: path.value, text } };
}

function parseRootPath(text: string): Reading<Source> {
  const start = text.startsWith("$.") ? "$." : "$";
  const path = parsePath(text.slice(start.length), start);
  return "problem" in path ? path : { value: { kind: "record", root: true, path: path.value, text } };
}

/** What has a path of its own: read here, it would slip past the masks of columns that read it there. */
const ELSEWHERE: ReadonlyMap<string | number | undefined, string> = new Map([
  ["Message", "is the record itself: read it by its own paths"],
  ["detail", "is the record itself: read it by its own paths"],
  ["MessageAttributes", "holds message attributes: read them as $attributes.NAME"],
]);

function parseEnvelopePath(text: string): Reading<Source> {
  const start = text.startsWith(`${ENVELOPE}.`) ? `${ENVELOPE}.` : ENVELOPE;
  const path = parsePath(text.slice(start.length), start);
  if ("problem" in path) return path;
  const elsewhere = ELSEWHERE.get(path.value[0]);
  if (elsewhere !== undefined) return { problem: `${quoted(text)} ${elsewhere}` };
  return { value: { kind: "envelope", path: path.value, text } };
}

/** Names as SQS allows them: letters, digits, `_`, `-` and inner periods, up to 256. */
function parseAttribute(text: string): Reading<Source> {
  const name = text.slice(ATTRIBUTE_PREFIX.length);
  if (/^(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/.test(name)) {
    return { value: { kind: "attribute", name, text } };
  }
  return { problem: `${quoted(text)} names no message attribute: letters, digits, _, - and inner dots only` };
}

const MESSAGE_TYPES: Readonly<Record<MessageValue, readonly ScalarType["name"][]>> = {
  sent_at: ["date", "timestamp", "timestamptz"],
  receive_count: ["smallint", "integer", "bigint"],
  message_id: ["text", "varchar", "uuid"],
  run_id: ["text", "varchar", "uuid"],
  sequence_number: ["text", "varchar", "numeric"],
  group_id: ["text", "varchar"],
  queue: ["text", "varchar"],
};

/** Why a column of this type cannot take this source, if so. */
export function mismatch(source: Source, type: ColumnType): string | undefined {
  if (source.kind === "rest") {
    return type.name === "json" || type.name === "jsonb"
      ? undefined
      : `${source.text} needs a column of type json or jsonb, not ${type.name}`;
  }
  if (source.kind === "attribute" && type.name === "array") {
    return `${source.text} is a single text, and the column is an array`;
  }
  return source.kind === "message" ? messageMismatch(source, type) : undefined;
}

function messageMismatch(
  { value, text }: Extract<Source, { kind: "message" }>,
  type: ColumnType,
): string | undefined {
  const types = MESSAGE_TYPES[value];
  if (types.every((name) => name !== type.name)) {
    return `${text} needs a column of type ${types.join(", ")}, not ${type.name}`;
  }
  const isUuid = value === "message_id" || value === "run_id";
  if (isUuid && type.name === "varchar" && type.length < 36) {
    return `${text} has 36 characters, more than varchar(${type.length}) holds`;
  }
  return undefined;
}

/** Whether the source gives strings, the only values that can be masked. */
export function givesText(source: Source): boolean {
  if (source.kind === "rest") return false;
  return source.kind !== "message" || (source.value !== "sent_at" && source.value !== "receive_count");
}
