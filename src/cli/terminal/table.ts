import type CliTable3 from "cli-table3";
import { requirePackage } from "../../require-package.js";
import { type Paint, plain } from "./style.js";
import { displayWidth } from "./width.js";

/** One cell: an uncoloured, printable text of one line, and its colour. */
export interface Cell {
  readonly text: string;
  readonly paint?: Paint;
}

export type Align = "left" | "right";

/** Cells between two columns. */
export const GAP = 2;

/** A character of one cell that no printable text holds: it is for private use. */
const STAND_IN = "\ue000";

const NO_BORDER = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: " ".repeat(GAP),
} as const;

/**
 * Lays cells out in columns without borders: one line a row. The layout is made with stand-ins that are as wide as
 * the cells, which replace them afterwards: cli-table3 measures with an older Unicode than terminals have.
 */
export function tableLines(rows: readonly (readonly Cell[])[], aligns: readonly Align[]): string[] {
  if (rows.length === 0) return [];
  const Table = loadCliTable();
  const table = new Table({
    chars: NO_BORDER,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
    colAligns: [...aligns],
  });
  for (const row of rows) table.push(row.map(({ text }) => STAND_IN.repeat(displayWidth(text))));
  return table
    .toString()
    .split("\n")
    .map((line, index) => withCells(line.trimEnd(), rows[index] ?? []));
}

/** Loaded when there is a table: most results are JSON, or have none. */
function loadCliTable(): typeof CliTable3 {
  return requirePackage("cli-table3");
}

function withCells(line: string, row: readonly Cell[]): string {
  const shown = row.filter(({ text }) => displayWidth(text) > 0).values();
  return line.replace(/\ue000+/g, () => {
    const { text, paint = plain } = shown.next().value ?? { text: "" };
    return paint(text);
  });
}

/** The width of each column: that of its widest cell, and at least one. */
export function columnWidths(rows: readonly (readonly Cell[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach(({ text }, column) => {
      widths[column] = Math.max(widths[column] ?? 1, displayWidth(text));
    });
  }
  return widths;
}

/** The width of a whole table: its columns and the gaps between them. */
export function tableWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP * Math.max(0, widths.length - 1));
}

/** A head row and the line under it, to be put before the rows. */
export function headRows(
  names: readonly string[],
  widths: readonly number[],
  rule: string,
  paint: Paint,
): Cell[][] {
  return [
    names.map((text) => ({ text, paint })),
    widths.map((width) => ({ text: rule.repeat(width), paint })),
  ];
}
