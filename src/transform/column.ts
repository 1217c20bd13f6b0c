import type { Column } from "../config/pipeline.js";
import type { MaskSpec } from "../masking/spec.js";
import { toUuid } from "../message-id.js";
import type { Cell, Check, Fault } from "../types/cell.js";
import { createMomentCheck } from "../types/dates.js";
import { createAttributeCheck, createTypeCheck, targetText } from "../types/type-check.js";
import { createConverted } from "./convert.js";
import { type ColumnMask, createMaskCheck } from "./mask-check.js";
import { type JsonObject, NOT_AN_ARRAY, NOT_AN_OBJECT } from "./paths.js";
import type { ReadMessage } from "./read-message.js";
import { createSourceReader, type RunFacts } from "./source-reader.js";
import { createWithout } from "./without.js";

/** What a column may need beyond the message. */
export interface ColumnContext extends RunFacts {
  readonly maskFor: (spec: MaskSpec) => ColumnMask;
}

/** One column of one message. */
type CellReader = (message: ReadMessage, record: JsonObject) => Cell;

/** Interprets a column's declaration once; the returned function only reads, checks and converts. */
export function compileColumn(column: Column, context: ColumnContext): CellReader {
  const target = targetText(column.name, column.type);
  const read = createSourceReader(column.from, context);
  const whenAbsent = absentCell(column, target);
  const check = createCellCheck(column, context, { target, whenAbsent });
  const without = column.without === undefined ? undefined : createWithout(column.without);
  const noObject = astray("object", target);
  const noArray = astray("array", target);
  const readCell: CellReader = (message, record) => {
    const value = read(message, record);
    if (value === undefined || value === null) return whenAbsent;
    if (value === NOT_AN_OBJECT) return noObject;
    if (value === NOT_AN_ARRAY) return noArray;
    if (without === undefined) return check(value);
    const left = without(value);
    return left === null ? whenAbsent : check(left);
  };
  return column.nullOnError ? nullingErrors(readCell) : readCell;
}

function absentCell({ required, default: standIn = null }: Column, target: string): Cell {
  return required ? { fault: "missing", reason: `is missing or null, but ${target} requires it` } : standIn;
}

function astray(wanted: "object" | "array", target: string): Fault {
  return { fault: "wrong_type", reason: `is looked for inside a value that is no ${wanted}, for ${target}` };
}

/** What becomes of a value that is there: it is converted, then masked or checked. */
function createCellCheck(
  column: Column,
  context: ColumnContext,
  around: { readonly target: string; readonly whenAbsent: Cell },
): Check {
  const { type, mask, convert = [] } = column;
  const { target } = around;
  const check =
    mask === undefined
      ? createLastCheck(column, target)
      : createMaskCheck(type, context.maskFor(mask), target);
  return createConverted(convert, { type, ...around }, check);
}

/** Converters that make numbers and moments, and functions, leave a value as a record would have it. */
const KEEP_TEXT: readonly unknown[] = ["trim", "lower", "upper"];

function createLastCheck({ from, type, convert = [] }: Column, target: string): Check {
  if (convert.some((converter) => !KEEP_TEXT.includes(converter))) return createTypeCheck(type, target);
  if (from.kind === "attribute") return createAttributeCheck(type, target);
  if (from.kind !== "message") return createTypeCheck(type, target);
  if (
    from.value === "sent_at" &&
    (type.name === "date" || type.name === "timestamp" || type.name === "timestamptz")
  )
    return createMomentCheck(type.name, target);
  // As in the ledger: emulators have ids of their own.
  if (from.value === "message_id" && type.name === "uuid") return (value) => toUuid(String(value));
  return createTypeCheck(type, target);
}

/** What would reject the message becomes NULL and a warning with the same code. */
function nullingErrors(read: CellReader): CellReader {
  const notes = new Map<string, Cell>();
  return (message, record) => {
    const cell = read(message, record);
    if (typeof cell !== "object" || cell === null || !("fault" in cell)) return cell;
    const note = notes.get(cell.fault) ?? { note: cell.fault };
    notes.set(cell.fault, note);
    return note;
  };
}
