import type { PeekedMessage, PeekResult } from "../../drain/peek-result.js";
import { formatCount, plural } from "./format.js";
import { peekNotes } from "./peek-notes.js";
import { messageHead, rowLines, type ShownRow } from "./peek-rows.js";
import { printable } from "./printable.js";
import { rejectLines } from "./reject-list.js";
import type { Style } from "./style.js";
import { wrap } from "./width.js";

/** Rows of a table: one message may become many thousands. */
const MOST_ROWS = 500;

interface RenderPeekOptions {
  readonly style: Style;
  readonly columns: number;
}

/**
 * What `peek` saw, for people: the queue, the next messages as rows or rejects, or their bodies when those were asked
 * for, and what the look has cost. Bodies are never broken or cut, so that they can be copied; every other line is at
 * most `columns` wide. Ends in a newline.
 */
export function renderPeek(result: PeekResult, { style, columns }: RenderPeekOptions): string {
  const sections = [
    counterLines(result, style, columns),
    bodyLines(result.messages, style, columns),
    ...rowSections(result, style, columns),
    rejectSection(result, style, columns),
    peekNotes(result, style, columns),
  ];
  const shown = sections.filter(({ length }) => length > 0).map((lines) => lines.join("\n"));
  return `${shown.join("\n\n")}\n`;
}

function counterLines({ queue, counters, messages }: PeekResult, style: Style, columns: number): string[] {
  const { visible, in_flight, delayed } = counters;
  const counts = `${formatCount(visible)} visible, ${formatCount(in_flight)} in flight, ${formatCount(delayed)} delayed`;
  return [
    ...wrap(printable(queue), columns).map(style.strong),
    ...wrap(counts, columns),
    ...(messages.length === 0 ? ["", ...wrap(nothingText(visible), columns)] : []),
  ];
}

function nothingText(visible: number): string {
  return visible === 0
    ? "No messages to show"
    : "No messages to show: none was handed out. Others may hold them, or the redrive policy has moved them";
}

function bodyLines(messages: readonly PeekedMessage[], style: Style, columns: number): string[] {
  const withBody = messages.filter(({ body }) => body !== undefined);
  return withBody.flatMap((message, index) => {
    const body = message.body ?? "";
    return [
      ...(index === 0 ? [] : [""]),
      ...messageHead(message, style, columns),
      body === "" ? style.secondary("(empty)") : printable(body),
    ];
  });
}

/** One for each table that gets a row. */
function rowSections({ targets, messages }: PeekResult, style: Style, columns: number): string[][] {
  return targets.flatMap(({ table, columns: names }, place) => {
    const rows = messages.flatMap((message): ShownRow[] =>
      message.rows.flatMap(({ target, row }) => (target === place ? [{ message, row }] : [])),
    );
    if (rows.length === 0) return [];
    const shown = rows.slice(0, MOST_ROWS);
    const left = rows.length - shown.length;
    const more = left > 0 ? ["", style.secondary(`and ${plural(left, "row")} more: see --json`)] : [];
    const title = wrap(rowTitle(rows, table), columns);
    return [[...title, "", ...rowLines(shown, names, style, columns), ...more]];
  });
}

function rowTitle(rows: readonly ShownRow[], table: string): string {
  const messages = new Set(rows.map(({ message }) => message)).size;
  const count = messages === rows.length ? "" : `${formatCount(rows.length)} `;
  return `${plural(messages, "message")} as ${rows.length === 1 ? "a row" : `${count}rows`} of ${printable(table)}`;
}

function rejectSection({ messages }: PeekResult, style: Style, columns: number): string[] {
  const entries = messages.flatMap(({ message_id: messageId, reject }) =>
    reject === null ? [] : [{ code: reject.code, field: reject.field, reason: reject.reason, messageId }],
  );
  if (entries.length === 0) return [];
  const title = `${plural(entries.length, "message")} that would be rejected`;
  return [...wrap(title, columns), "", ...rejectLines(entries, style, columns)];
}
