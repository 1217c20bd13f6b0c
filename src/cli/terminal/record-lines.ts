import type { Style } from "./style.js";
import { type Cell, GAP, tableLines } from "./table.js";
import { displayWidth, truncate } from "./width.js";

const INDENT = 2;
const NARROWEST_NAME = 4;

/** One row as a line for each of its values, like psql's `\x`; what is too long is cut. */
export function recordLines(
  names: readonly string[],
  cells: readonly Cell[],
  style: Style,
  columns: number,
): string[] {
  const room = columns - INDENT - GAP;
  const nameRoom = Math.max(NARROWEST_NAME, Math.floor(room / 2));
  const cutNames = names.map((name) => truncate(name, nameRoom, style.ellipsis));
  const valueRoom = room - Math.max(0, ...cutNames.map(displayWidth));
  const lines = cells.map((cell, column): Cell[] => [
    { text: cutNames[column] ?? "", paint: style.secondary },
    { ...cell, text: truncate(cell.text, valueRoom, style.ellipsis) },
  ]);
  return tableLines(lines, ["left", "left"]).map((line) => " ".repeat(INDENT) + line);
}
