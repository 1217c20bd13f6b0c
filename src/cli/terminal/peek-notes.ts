import type { PeekResult } from "../../drain/peek-result.js";
import { borrowNotes } from "./borrow-notes.js";
import { warningText } from "./drain-warnings.js";
import { plural } from "./format.js";
import { printable } from "./printable.js";
import type { Style } from "./style.js";
import { textWidth, wrap } from "./width.js";

/** What stands under a peek: what wants a look, then what the peek itself has cost. */
export function peekNotes(result: PeekResult, style: Style, columns: number): string[] {
  const shown = (text: string): string[] => wrap(text, textWidth(columns)).map(style.attention);
  return [
    ...conversionNotes(result).flatMap(shown),
    ...borrowNotes({ ...result, doing: "Peeking", messages: result.messages.length }, style, columns),
  ];
}

function conversionNotes({ messages }: PeekResult): string[] {
  const counts = new Map<string, number>();
  for (const { column, code } of messages.flatMap(({ warnings }) => warnings)) {
    const text = `${printable(column)}: ${warningText(code)}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => `${text} (${plural(count, "message")})`);
}
