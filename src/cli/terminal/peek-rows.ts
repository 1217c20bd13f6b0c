import type { PeekedMessage } from "../../drain/peek-result.js";
import type { Value } from "../../row.js";
import { fitColumns } from "./fit-columns.js";
import { formatBytes, formatMoment, plural } from "./format.js";
import { printable } from "./printable.js";
import { recordLines } from "./record-lines.js";
import type { Style } from "./style.js";
import { type Align, type Cell, columnWidths, headRows, tableLines } from "./table.js";
import { displayWidth, truncate } from "./width.js";

/** A message with a row that it would become. */
export interface ShownRow {
  readonly message: PeekedMessage;
  readonly row: Readonly<Record<string, Value>>;
}

/** Rows as a table, long values cut; one value a line, like psql's `\x`, where the columns do not fit. */
export function rowLines(
  rows: readonly ShownRow[],
  columnNames: readonly string[],
  style: Style,
  columns: number,
): string[] {
  const names = columnNames.map(printable);
  const body = rows.map(({ row }) => columnNames.map((name) => cellOf(row[name] ?? null, style)));
  const nameWidths = names.map(displayWidth);
  const widths = fitColumns(nameWidths, columnWidths([names.map((text) => ({ text })), ...body]), columns);
  if (widths === undefined) return messageLines(rows, names, body, style, columns);
  const cut = (text: string, column: number): string => truncate(text, widths[column] ?? 0, style.ellipsis);
  const aligns = columnNames.map((name) => alignOf(rows.map(({ row }) => row[name] ?? null)));
  const cutBody = body.map((cells) =>
    cells.map((cell, column) => ({ ...cell, text: cut(cell.text, column) })),
  );
  const cutWidths = columnWidths([names.map((name, column) => ({ text: cut(name, column) })), ...cutBody]);
  return tableLines(
    [...headRows(names.map(cut), cutWidths, style.rule, style.secondary), ...cutBody],
    aligns,
  );
}

function cellOf(value: Value, style: Style): Cell {
  return value === null ? { text: "NULL", paint: style.secondary } : { text: printable(String(value)) };
}

/** Numbers stand on the right, where their digits can be compared. */
function alignOf(values: readonly Value[]): Align {
  const known = values.filter((value) => value !== null);
  return known.length > 0 && known.every((value) => typeof value === "number") ? "right" : "left";
}

function messageLines(
  rows: readonly ShownRow[],
  names: readonly string[],
  body: readonly (readonly Cell[])[],
  style: Style,
  columns: number,
): string[] {
  return rows.flatMap(({ message }, index) => [
    ...(index === 0 ? [] : [""]),
    ...messageHead(message, style, columns),
    ...recordLines(names, body[index] ?? [], style, columns),
  ]);
}

/** The line above what is told about one message: its id, and as many details as fit beside it. */
export function messageHead(message: PeekedMessage, style: Style, columns: number): string[] {
  const id = truncate(printable(message.message_id), columns, style.ellipsis);
  const details = [
    `sent ${formatMoment(new Date(message.sent_at))}`,
    `received ${plural(message.receive_count, "time")}`,
    ...(message.body === undefined ? [] : [formatBytes(Buffer.byteLength(message.body))]),
    ...(message.group_id === null ? [] : [`group ${printable(message.group_id)}`]),
  ];
  let line = "";
  for (const detail of details) {
    if (displayWidth(`${id}${line}  ${detail}`) <= columns) line += `  ${detail}`;
  }
  return [style.strong(id) + style.secondary(line)];
}
