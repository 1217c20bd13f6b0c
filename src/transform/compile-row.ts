import type { Pipeline } from "../config/pipeline.js";
import type { Reject } from "../reject.js";
import type { Row, Value, Warning } from "../row.js";
import { type ColumnContext, compileColumn } from "./column.js";
import { fieldAt } from "./field-path.js";
import type { JsonObject } from "./paths.js";
import type { ReadMessage } from "./read-message.js";

/** Where a record is, for the fields of rejects; empty for that of the whole body. */
export interface Places {
  readonly root: string;
  readonly record: string;
}

/** A row of one record, or why it is none. */
export type RowMaker = (
  message: ReadMessage,
  record: JsonObject,
  places: () => Places,
) => { readonly row: Row } | { readonly reject: Reject };

/**
 * Interprets a pipeline once into per-column functions. The first column, in their order, that a record does not satisfy
 * decides its reject; `field` is the column's `from`, behind the place of the record.
 */
export function compileRow(pipeline: Pipeline, target: number, context: ColumnContext): RowMaker {
  const columns = pipeline.columns.map((column) => ({
    name: column.name,
    from: column.from,
    read: compileColumn(column, context),
  }));
  return (message, record, places) => {
    const values: Value[] = [];
    let warnings: Warning[] | undefined;
    for (const { name, from, read } of columns) {
      const cell = read(message, record);
      if (typeof cell !== "object" || cell === null || "token" in cell) {
        values.push(cell);
      } else if ("note" in cell) {
        values.push(null);
        warnings ??= [];
        warnings.push({ column: name, code: cell.note });
      } else {
        const { root, record: place } = places();
        const field = fieldAt(from.kind === "record" && from.root ? root : place, from);
        return { reject: { stage: "transform", code: cell.fault, field, reason: cell.reason } };
      }
    }
    return { row: warnings === undefined ? { target, values } : { target, values, warnings } };
  };
}
