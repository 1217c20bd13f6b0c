import type { Pipeline } from "../config/pipeline.js";
import type { Value, Warning } from "../row.js";
import { type ColumnContext, compileColumn } from "./column.js";
import { guardTransform } from "./guard.js";
import { parseRecord } from "./parse.js";
import type { Transform } from "./types.js";

interface TransformOptions extends ColumnContext {
  readonly pipeline: Pipeline;
}

/**
 * Interprets a pipeline once into per-column functions. The first column, in their order, that a message does not
 * satisfy decides its reject; `field` is the column's `from`.
 */
export function compileTransform(options: TransformOptions): Transform {
  const columns = options.pipeline.columns.map((column) => ({
    name: column.name,
    field: column.from.text,
    read: compileColumn(column, options),
  }));
  return guardTransform((message) => {
    const parsed = parseRecord(message.body);
    if ("reject" in parsed) return parsed;
    const values: Value[] = [];
    let warnings: Warning[] | undefined;
    for (const column of columns) {
      const cell = column.read(message, parsed.record);
      if (typeof cell !== "object" || cell === null || "token" in cell) {
        values.push(cell);
      } else if ("note" in cell) {
        values.push(null);
        warnings ??= [];
        warnings.push({ column: column.name, code: cell.note });
      } else {
        return {
          reject: { stage: "transform", code: cell.fault, field: column.field, reason: cell.reason },
        };
      }
    }
    return { row: warnings === undefined ? { values } : { values, warnings } };
  });
}
