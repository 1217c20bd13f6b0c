import { formatCount } from "./format.js";
import { type Paint, plain, type Style } from "./style.js";
import { type Cell, columnWidths, GAP, tableLines, tableWidth } from "./table.js";
import { displayWidth, textWidth, wrap } from "./width.js";

/** A number with its name, and a remark that goes beside it, or under it where there is no room. */
export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
  readonly paint?: Paint;
  /** The sum of the figures above it: a line is drawn between. */
  readonly isSum?: boolean;
}

/** A count: zero is no news, so it is dim and goes without its remark. */
export function countFigure(
  label: string,
  count: number,
  style: Style,
  { note, paint }: { readonly note?: string | undefined; readonly paint?: Paint },
): Figure {
  if (count === 0) return { label, value: "0", paint: style.secondary };
  return {
    label,
    value: formatCount(count),
    ...(note === undefined ? {} : { note }),
    ...(paint === undefined ? {} : { paint }),
  };
}

const INDENT = 2;
const NOTE_INDENT = 4;
const NARROWEST_NOTE = 30;
const WIDEST_NOTE = 76;

/** Groups of figures with all their numbers in one column, and an empty line between the groups. */
export function figureLines(groups: readonly (readonly Figure[])[], style: Style, columns: number): string[] {
  const figures = groups.flat();
  const cells = figures.map(cellsOf);
  const width = tableWidth(columnWidths(cells));
  const isWide = INDENT + width <= columns;
  const numbers = isWide ? tableLines(cells, ["left", "right"]) : [];
  const room = columns - INDENT - width - GAP;
  const lines: string[] = [];
  let index = 0;
  for (const group of groups) {
    if (lines.length > 0) lines.push("");
    for (const figure of group) {
      const stacked = isWide ? [numbers[index] ?? ""] : stackedLines(figure);
      if (figure.isSum === true) lines.push(ruleLine(style, Math.min(width, columns - INDENT)));
      lines.push(...withNote(stacked, figure, { style, columns, room, width }));
      index += 1;
    }
  }
  return lines;
}

function cellsOf({ label, value, paint = plain }: Figure): Cell[] {
  return [
    { text: label, paint },
    { text: value, paint },
  ];
}

/** Where a name and its number do not fit beside each other. */
function stackedLines({ label, value, paint = plain }: Figure): string[] {
  return [paint(label), `${" ".repeat(GAP)}${paint(value)}`];
}

function ruleLine(style: Style, width: number): string {
  return `${" ".repeat(INDENT)}${style.secondary(style.rule.repeat(width))}`;
}

interface Layout {
  readonly style: Style;
  readonly columns: number;
  /** Cells left beside the numbers. */
  readonly room: number;
  /** Cells that names and numbers take. */
  readonly width: number;
}

function withNote(figureLine: readonly string[], { note }: Figure, layout: Layout): string[] {
  const { style, columns, room, width } = layout;
  const indented = figureLine.map((line) => `${" ".repeat(INDENT)}${line}`);
  if (note === undefined) return indented;
  if (room < NARROWEST_NOTE || figureLine.length > 1) {
    return [...indented, ...noteBelow(note, style, columns)];
  }
  const [first = "", ...rest] = wrap(note, textWidth(room, WIDEST_NOTE));
  const line = indented[0] ?? "";
  const gap = " ".repeat(INDENT + width - displayWidth(line) + GAP);
  const below = " ".repeat(INDENT + width + GAP);
  return [
    `${line}${gap}${style.secondary(first)}`,
    ...rest.map((text) => `${below}${style.secondary(text)}`),
  ];
}

/** A remark on lines of its own, set in a little further. */
export function noteBelow(note: string, style: Style, columns: number): string[] {
  return wrap(note, textWidth(columns - NOTE_INDENT, WIDEST_NOTE)).map(
    (text) => `${" ".repeat(NOTE_INDENT)}${style.secondary(text)}`,
  );
}
