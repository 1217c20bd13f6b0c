import { GAP, tableWidth } from "./table.js";

/** A column narrower than this says nothing; its name is kept to this length if it can be. */
const NARROWEST = 8;
const NAME_KEPT = 12;

/**
 * Widths for columns that do not all fit: the widest ones give way until the table is `room` wide. Undefined when
 * they would become too narrow to read.
 *
 * @param nameWidths the widths of the column names
 * @param widths the widths of the widest cells, names included
 */
export function fitColumns(
  nameWidths: readonly number[],
  widths: readonly number[],
  room: number,
): number[] | undefined {
  let cap = Math.max(0, ...widths);
  const capped = (): number[] =>
    widths.map((width, column) => Math.min(width, Math.max(cap, leastWidth(nameWidths[column] ?? 0))));
  const least = tableWidth(
    widths.map((width, column) => Math.min(width, leastWidth(nameWidths[column] ?? 0))),
  );
  if (least > room || widths.length * (1 + GAP) - GAP > room) return undefined;
  while (tableWidth(capped()) > room) cap -= 1;
  return capped();
}

function leastWidth(nameWidth: number): number {
  return Math.min(NAME_KEPT, Math.max(NARROWEST, nameWidth));
}
