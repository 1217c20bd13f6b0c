import { formatCount, formatRate, formatRemaining } from "./format.js";
import { printable } from "./printable.js";
import type { ProgressView } from "./progress-state.js";
import { type Paint, plain, type Style } from "./style.js";
import { displayWidth, truncate } from "./width.js";

interface Part {
  readonly text: string;
  readonly paint: Paint;
  /** Parts get their place in this order, as long as there is room: 0 comes first. */
  readonly rank: number;
}

const SEPARATOR = "  ";
const LONGEST_NAME = 40;

/**
 * One line of at most `columns` cells; what matters least is left out first, the count always stays, and what goes on is
 * said in as many words as there is room for beside it.
 */
export function progressLine(view: ProgressView, style: Style, columns: number): string {
  const shown: Part[] = [];
  const parts = partsOf(view, style, columns);
  for (const part of parts.toSorted((one, other) => one.rank - other.rank)) {
    if (shown.length === 0 || widthOf([...shown, part]) <= columns) shown.push(part);
  }
  return parts
    .filter((part) => shown.includes(part))
    .map(({ text, paint }) => paint(truncate(text, columns, style.ellipsis)))
    .join(SEPARATOR);
}

function partsOf(view: ProgressView, style: Style, columns: number): Part[] {
  const { done, total, state, rate, rejected, remainingMs } = view;
  const count: Part = { text: countText(done, total), paint: style.strong, rank: 0 };
  const parts: Part[] = [{ text: title(view, style), paint: plain, rank: 3 }, count];
  if (rejected > 0)
    parts.push({ text: `${formatCount(rejected)} rejected`, paint: style.attention, rank: 2 });
  if (state !== undefined) {
    const paint = state.trouble ? style.attention : style.secondary;
    const said = [state.text, ...(state.shorter ?? [])].map((text): Part => ({ text, paint, rank: 1 }));
    return [...parts, ...said.filter((part) => widthOf([count, part]) <= columns).slice(0, 1)];
  }
  if (rate !== undefined) parts.splice(2, 0, { text: formatRate(rate), paint: plain, rank: 4 });
  if (remainingMs !== undefined) {
    parts.push({ text: `eta ${formatRemaining(remainingMs)}`, paint: style.secondary, rank: 5 });
  }
  return parts;
}

function title({ queue, table }: ProgressView, { arrow, ellipsis }: Style): string {
  const [from, to] = [queue, table].map((name) => truncate(printable(name), LONGEST_NAME, ellipsis));
  return `${from} ${arrow} ${to}`;
}

function countText(done: number, total: ProgressView["total"]): string {
  if (total === undefined) return formatCount(done);
  return `${formatCount(done)} / ${total.estimated ? "~" : ""}${formatCount(total.count)}`;
}

function widthOf(parts: readonly Part[]): number {
  const widths = parts.map(({ text }) => displayWidth(text));
  return widths.reduce((sum, width) => sum + width, SEPARATOR.length * (parts.length - 1));
}
