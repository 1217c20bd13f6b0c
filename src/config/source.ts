import { suggestion } from "./nearest.js";
import type { ColumnType, Source } from "./pipeline.js";
import type { Reading } from "./reading.js";
import { quoted } from "./values.js";

type MessageValue = Extract<Source, { kind: "message" }>["value"];

const MESSAGE_VALUES: readonly MessageValue[] = [
  "sent_at",
  "message_id",
  "receive_count",
  "group_id",
  "queue",
  "run_id",
];
const ATTRIBUTE_PREFIX = "$attributes.";
const NAMES = [...MESSAGE_VALUES.map((value) => `$${value}`), `${ATTRIBUTE_PREFIX}NAME`];

/** Reads a column's `from`: a dotted path into the record, or a `$` name for a value of the message around it. */
export function parseSource(text: string): Reading<Source> {
  if (text.startsWith(ATTRIBUTE_PREFIX)) return parseAttribute(text);
  if (text.startsWith("$")) {
    const value = MESSAGE_VALUES.find((candidate) => `$${candidate}` === text);
    if (value !== undefined) return { value: { kind: "message", value, text } };
    return { problem: `${quoted(text)} is nothing that a message has${suggestion(text, NAMES)}` };
  }
  if (text.includes("\u0000") || !text.isWellFormed())
    return { problem: "a path cannot hold a NUL or a lone surrogate" };
  const path = text.split(".");
  if (path.includes(""))
    return { problem: `${quoted(text)} is no path: write keys joined by dots, such as device.id` };
  return { value: { kind: "record", path, text } };
}

/** Names as SQS allows them: letters, digits, `_`, `-` and inner periods, up to 256. */
function parseAttribute(text: string): Reading<Source> {
  const name = text.slice(ATTRIBUTE_PREFIX.length);
  if (/^(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/.test(name)) {
    return { value: { kind: "attribute", name, text } };
  }
  return { problem: `${quoted(text)} names no message attribute: letters, digits, _, - and inner dots only` };
}

/** The column types that a source can fill; undefined: all of them. */
function typesFor(source: Source): readonly ColumnType["name"][] | undefined {
  if (source.kind === "record") return undefined;
  if (source.kind === "attribute") {
    return ["text", "varchar", "smallint", "integer", "bigint", "date", "timestamptz", "inet"];
  }
  if (source.value === "sent_at") return ["date", "timestamptz"];
  if (source.value === "receive_count") return ["smallint", "integer", "bigint"];
  return ["text", "varchar"];
}

/** Why a column of this type cannot take this source, if so. */
export function mismatch(source: Source, type: ColumnType): string | undefined {
  const types = typesFor(source);
  if (types !== undefined && !types.includes(type.name)) {
    return `${source.text} needs a column of type ${types.join(", ")}, not ${type.name}`;
  }
  const isUuid = source.kind === "message" && (source.value === "message_id" || source.value === "run_id");
  if (isUuid && type.name === "varchar" && type.length < 36) {
    return `${source.text} has 36 characters, more than varchar(${type.length}) holds`;
  }
  return undefined;
}

/** Whether the source gives strings, the only values that can be masked. */
export function givesText(source: Source): boolean {
  return source.kind !== "message" || (source.value !== "sent_at" && source.value !== "receive_count");
}
