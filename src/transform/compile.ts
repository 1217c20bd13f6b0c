import type { Pipeline } from "../config/pipeline.js";
import type { Message } from "../message.js";
import type { Reject } from "../reject.js";
import type { Row, Value, Warning } from "../row.js";
import { type ColumnContext, compileColumn } from "./column.js";
import { guardTransform } from "./guard.js";
import { parseRecord } from "./parse.js";
import type { JsonObject } from "./paths.js";
import type { Transform } from "./types.js";

interface TransformOptions extends ColumnContext {
  /** Those of the queue: a message goes to each of them. */
  readonly pipelines: readonly Pipeline[];
}

type Made = { readonly row: Row } | { readonly reject: Reject };

/**
 * Interprets pipelines once into per-column functions. The first column, in their order, that a message does not satisfy
 * decides its reject; `field` is the column's `from`.
 */
export function compileTransform(options: TransformOptions): Transform {
  const makers = options.pipelines.map((pipeline, target) => compileRow(pipeline, target, options));
  return guardTransform((message) => {
    const parsed = parseRecord(message.body);
    if ("reject" in parsed) return parsed;
    const rows: Row[] = [];
    for (const make of makers) {
      const made = make(message, parsed.record);
      if ("reject" in made) return made;
      rows.push(made.row);
    }
    return { rows };
  });
}

function compileRow(
  pipeline: Pipeline,
  target: number,
  context: ColumnContext,
): (message: Message, record: JsonObject) => Made {
  const columns = pipeline.columns.map((column) => ({
    name: column.name,
    field: column.from.text,
    read: compileColumn(column, context),
  }));
  return (message, record) => {
    const values: Value[] = [];
    let warnings: Warning[] | undefined;
    for (const column of columns) {
      const cell = column.read(message, record);
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
    return { row: warnings === undefined ? { target, values } : { target, values, warnings } };
  };
}
