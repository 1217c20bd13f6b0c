import { fitColumns } from "../../src/cli/terminal/fit-columns.js";
import { printable } from "../../src/cli/terminal/printable.js";
import { recordLines } from "../../src/cli/terminal/record-lines.js";
import type { Style } from "../../src/cli/terminal/style.js";
import { type Align, type Cell, columnWidths, headRows, tableLines } from "../../src/cli/terminal/table.js";
import { displayWidth, truncate } from "../../src/cli/terminal/width.js";

export type Values = Readonly<Record<string, unknown>>;

/**
 * Rows of a query as a calm table that fits into `columns` cells, long values cut; where the columns do not fit, each
 * value has a line of its own and rows have an empty line between them.
 */
export function queryLines(rows: readonly Values[], style: Style, columns: number): string[] {
  const names = Object.keys(rows[0] ?? {});
  if (names.length === 0) return [];
  const body = rows.map((row) => names.map((name) => cellOf(row[name], style)));
  const widths = fitColumns(
    names.map(displayWidth),
    columnWidths([names.map((text) => ({ text })), ...body]),
    columns,
  );
  if (widths !== undefined) return fitted(names, body, widths, style);
  return body.flatMap((cells, index) => [
    ...(index === 0 ? [] : [""]),
    ...recordLines(names, cells, style, columns),
  ]);
}

function fitted(
  names: readonly string[],
  body: readonly (readonly Cell[])[],
  widths: readonly number[],
  style: Style,
): string[] {
  const cut = (cell: Cell, column: number): Cell => ({
    ...cell,
    text: truncate(cell.text, widths[column] ?? 0, style.ellipsis),
  });
  const head = headRows(
    names.map((text, column) => cut({ text }, column).text),
    widths,
    style.rule,
    style.secondary,
  );
  return tableLines([...head, ...body.map((cells) => cells.map(cut))], alignsOf(body));
}

/** Numbers stand on the right, where their digits can be compared. */
function alignsOf(body: readonly (readonly Cell[])[]): Align[] {
  const first = body[0] ?? [];
  return first.map((_, column) =>
    body.every((cells) => /^[\d,]+$|^NULL$/.test(cells[column]?.text ?? "")) ? "right" : "left",
  );
}

function cellOf(value: unknown, style: Style): Cell {
  if (value === null || value === undefined) return { text: "NULL", paint: style.secondary };
  return { text: printable(typeof value === "object" ? JSON.stringify(value) : String(value)) };
}
