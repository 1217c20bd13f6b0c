import { stripVTControlCharacters } from "node:util";

const ASCII_ONLY = /^[\x20-\x7e]*$/;
const NO_CELL = /[\p{Mn}\p{Me}\p{Cc}\p{Cf}]/u;
/** One regional indicator is half a flag: two of them take two cells. */
const EMOJI = /(?![\u{1f1e6}-\u{1f1ff}])\p{Emoji_Presentation}/u;
/** East Asian Wide and Fullwidth, rounded up to whole blocks (Unicode Standard Annex #11). */
const FULL_WIDTH =
  /[\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\u4dbf\u4dc0-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;

/** Character cells that a text takes on a terminal; colour sequences take none. In doubt too many, never too few. */
export function displayWidth(text: string): number {
  if (ASCII_ONLY.test(text)) return text.length;
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += cellsOf(character);
  return width;
}

function cellsOf(character: string): number {
  if (ASCII_ONLY.test(character)) return 1;
  if (NO_CELL.test(character)) return 0;
  return FULL_WIDTH.test(character) || EMOJI.test(character) ? 2 : 1;
}

/** Text is easier to read when its lines are not longer than this. */
const WIDEST_TEXT = 100;

/** The width for sentences where there are `columns` cells; infinite where those are, as in a pipe. */
export function textWidth(columns: number, widest: number = WIDEST_TEXT): number {
  return Number.isFinite(columns) ? Math.min(columns, widest) : columns;
}

/** Cuts an uncoloured text to at most `width` cells; `ellipsis` marks the cut where there is room for it. */
export function truncate(text: string, width: number, ellipsis: string): string {
  if (displayWidth(text) <= width) return text;
  const mark = displayWidth(ellipsis) < width ? ellipsis : "";
  return head(text, width - displayWidth(mark)) + mark;
}

/** Breaks an uncoloured text into lines of at most `width` cells, between words where possible. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (displayWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (displayWidth(line) > width) {
      const part = head(line, width);
      if (part === "") break;
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  lines.push(line);
  return lines;
}

function head(text: string, width: number): string {
  let result = "";
  let used = 0;
  for (const character of text) {
    used += cellsOf(character);
    if (used > width) break;
    result += character;
  }
  return result;
}
