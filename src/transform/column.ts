import { typeText } from "../config/column-type.js";
import type { Column, ColumnType, Source } from "../config/pipeline.js";
import { MaskError } from "../masking/errors.js";
import type { MaskSpec } from "../masking/spec.js";
import type { VaultEntry } from "../masking/token.js";
import type { Message } from "../message.js";
import { appVersion } from "./app-version.js";
import type { Cell, Check, Fault } from "./cell.js";
import { createDateCheck, createMomentCheck, createTimestampCheck } from "./dates.js";
import { createInetCheck } from "./inet.js";
import { createIntegerCheck, createIntegerTextCheck } from "./numbers.js";
import { createPathReader, type JsonObject, NOT_AN_OBJECT } from "./paths.js";
import { createTextCheck, fits, isStorable, textFaults } from "./text.js";

/** Throws `MaskError` for what it cannot mask. */
type ColumnMask = (value: string) => string | null | VaultEntry;

/** What a column may need beyond the message. */
export interface ColumnContext {
  readonly maskFor: (spec: MaskSpec) => ColumnMask;
  readonly queueName: string;
  readonly runId: string;
}

/** One column of one message. */
type CellReader = (message: Message, record: JsonObject) => Cell;

type SourceReader = (message: Message, record: JsonObject) => unknown;

function createSourceReader(source: Source, context: ColumnContext): SourceReader {
  if (source.kind === "record") {
    const read = createPathReader(source.path);
    return (_message, record) => read(record);
  }
  if (source.kind === "attribute") {
    const { name } = source;
    return ({ attributes }) => (Object.hasOwn(attributes, name) ? attributes[name] : undefined);
  }
  switch (source.value) {
    case "sent_at":
      return (message) => message.sentAtMs;
    case "message_id":
      return (message) => message.messageId;
    case "receive_count":
      return (message) => message.receiveCount;
    case "group_id":
      return (message) => message.groupId;
    case "queue":
      return () => context.queueName;
    case "run_id":
      return () => context.runId;
  }
}

function characterLimit(type: ColumnType): number {
  return type.name === "varchar" ? type.length : Number.POSITIVE_INFINITY;
}

/** The value is masked before its length is looked at; the mask's output is what must fit. */
function createMaskCheck(type: ColumnType, mask: ColumnMask, target: string): Check {
  const faults = textFaults(target);
  const limit = characterLimit(type);
  const refusals = new Map<string, Fault>();
  const refusal = ({ code, message }: MaskError): Fault => {
    const known = refusals.get(code) ?? {
      fault: code,
      reason: `cannot be masked for ${target}: ${message}`,
    };
    refusals.set(code, known);
    return known;
  };
  return (value) => {
    if (typeof value !== "string") return faults.wrongType;
    if (!isStorable(value)) return faults.unstorable;
    try {
      const masked = mask(value);
      return typeof masked !== "string" || fits(masked, limit) ? masked : faults.tooLong;
    } catch (error) {
      if (error instanceof MaskError) return refusal(error);
      throw error;
    }
  };
}

const NOT_CONVERTIBLE: Cell = { note: "not_convertible" };

function createAppVersionCheck(target: string): Check {
  const { wrongType } = textFaults(target);
  return (value) => (typeof value === "string" ? (appVersion(value) ?? NOT_CONVERTIBLE) : wrongType);
}

function createTypeCheck(type: ColumnType, source: Source, target: string): Check {
  switch (type.name) {
    case "text":
    case "varchar":
      return createTextCheck(characterLimit(type), target);
    case "smallint":
    case "integer":
    case "bigint":
      return source.kind === "attribute"
        ? createIntegerTextCheck(type.name, target)
        : createIntegerCheck(type.name, target);
    case "boolean": {
      const wrongType: Fault = { fault: "wrong_type", reason: `must be true or false for ${target}` };
      return (value) => (typeof value === "boolean" ? value : wrongType);
    }
    case "inet":
      return createInetCheck(target);
    case "date":
    case "timestamptz":
      if (source.kind === "message") return createMomentCheck(type.name, target);
      return type.name === "date" ? createDateCheck(target) : createTimestampCheck(target);
  }
}

/** Interprets a column's declaration once; the returned function only reads, checks and converts. */
export function compileColumn(column: Column, context: ColumnContext): CellReader {
  const { name, type, mask, convert } = column;
  const target = `${name} ${typeText(type)}`;
  const read = createSourceReader(column.from, context);
  const check =
    mask !== undefined
      ? createMaskCheck(type, context.maskFor(mask), target)
      : convert === "app-version"
        ? createAppVersionCheck(target)
        : createTypeCheck(type, column.from, target);
  const whenAbsent: Cell = column.required
    ? { fault: "missing", reason: `is missing or null, but ${target} requires it` }
    : null;
  const astray: Fault = {
    fault: "wrong_type",
    reason: `is looked for inside a value that is no object, for ${target}`,
  };
  return (message, record) => {
    const value = read(message, record);
    if (value === undefined || value === null) return whenAbsent;
    return value === NOT_AN_OBJECT ? astray : check(value);
  };
}
