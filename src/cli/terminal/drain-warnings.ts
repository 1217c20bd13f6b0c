import type { DrainReport } from "../../drain/report.js";
import { formatCount } from "./format.js";
import { printable } from "./printable.js";
import type { Style } from "./style.js";
import { GAP, tableLines } from "./table.js";
import { wrap } from "./width.js";

const INDENT = "  ";

/** What was noted about columns of messages that were loaded all the same. */
export function warningLines(warnings: DrainReport["warnings"], style: Style, columns: number): string[] {
  const counts = Object.entries(warnings).flatMap(([column, codes]) =>
    Object.entries(codes).map(([code, count]) => ({ column, code, count })),
  );
  if (counts.length === 0) return [];
  const numberWidth = Math.max(...counts.map(({ count }) => formatCount(count).length));
  const room = columns - INDENT.length - numberWidth - GAP;
  const rows = counts.flatMap(({ column, code, count }) =>
    wrap(`${printable(column)}: ${warningText(code)}`, room).map((text, line) => [
      { text: line === 0 ? formatCount(count) : "", paint: style.attention },
      { text },
    ]),
  );
  return [style.strong("Warnings"), ...tableLines(rows, ["right", "left"]).map((line) => INDENT + line)];
}

/** What a warning's code means, in words. */
export function warningText(code: string): string {
  return `${code === "not_convertible" ? "not convertible" : printable(code)}, became NULL`;
}
