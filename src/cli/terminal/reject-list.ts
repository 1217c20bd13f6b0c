import type { RejectGroup } from "../../drain/report.js";
import { noteBelow } from "./figures.js";
import { formatCount } from "./format.js";
import { printable } from "./printable.js";
import type { Style } from "./style.js";
import { type Align, type Cell, columnWidths, headRows, tableLines, tableWidth } from "./table.js";
import { truncate } from "./width.js";

/** One line of a list of rejects: a kind of them with its count, or a single one with its reason. */
interface RejectEntry {
  readonly count?: number;
  readonly code: string;
  readonly field: string | null;
  readonly messageId: string;
  readonly reason?: string;
}

type ColumnName = "count" | "code" | "field" | "message" | "example message";

/** The forms that a list can take; the first one that fits is taken. What has no column goes below its line. */
interface Form {
  readonly columns: readonly ColumnName[];
  readonly longestName: number;
}

const INDENT = "  ";
const LONGEST_NAME = 40;

/** A table of rejects; where the terminal is too narrow for a column, it goes to a line of its own. */
export function rejectLines(entries: readonly RejectEntry[], style: Style, columns: number): string[] {
  const counted = entries.some(({ count }) => count !== undefined);
  const forms = formsOf(counted, columns);
  const fitting = forms.find((form) => widthOf(rowsOf(entries, form, style)) <= columns);
  const form = fitting ?? { columns: ["code"], longestName: Math.max(1, columns - INDENT.length) };
  const aligns: Align[] = form.columns.map((name) => (name === "count" ? "right" : "left"));
  const [head = "", rule = "", ...body] = tableLines(rowsOf(entries, form, style), aligns);
  return [
    ...[head, rule].map((line) => INDENT + line),
    ...entries.flatMap((entry, index) => [
      INDENT + (body[index] ?? ""),
      ...notesOf(entry, form).flatMap((note) => noteBelow(printable(note), style, columns)),
    ]),
  ];
}

/** The rejects of a report, with their head. */
export function rejectGroupLines(groups: readonly RejectGroup[], style: Style, columns: number): string[] {
  if (groups.length === 0) return [];
  const entries = groups.map((group) => ({ ...group, messageId: group.example_message_id }));
  return [style.strong("Rejects"), ...rejectLines(entries, style, columns)];
}

function formsOf(counted: boolean, columns: number): Form[] {
  const all: ColumnName[] = counted
    ? ["count", "code", "field", "example message"]
    : ["code", "field", "message"];
  const withoutId = all.slice(0, -1);
  const withoutField = withoutId.slice(0, -1);
  return [
    { columns: all, longestName: Number.isFinite(columns) ? LONGEST_NAME : columns },
    { columns: withoutId, longestName: LONGEST_NAME },
    { columns: withoutId, longestName: Math.min(LONGEST_NAME, Math.floor(columns / 3)) },
    { columns: withoutField, longestName: Math.max(4, columns - 9) },
  ];
}

function rowsOf(entries: readonly RejectEntry[], form: Form, style: Style): Cell[][] {
  const body = entries.map((entry) => form.columns.map((name) => cellOf(entry, name, form, style)));
  const widths = columnWidths([form.columns.map((text) => ({ text })), ...body]);
  return [...headRows(form.columns, widths, style.rule, style.secondary), ...body];
}

function widthOf(rows: readonly (readonly Cell[])[]): number {
  return INDENT.length + tableWidth(columnWidths(rows));
}

function cellOf(entry: RejectEntry, column: ColumnName, { longestName }: Form, style: Style): Cell {
  const name = (text: string): string => truncate(printable(text), longestName, style.ellipsis);
  switch (column) {
    case "count":
      return { text: formatCount(entry.count ?? 0) };
    case "code":
      return { text: name(entry.code), paint: style.attention };
    case "field":
      return { text: name(fieldText(entry)) };
    default:
      return { text: printable(entry.messageId), paint: style.secondary };
  }
}

/** What has no column, each with its name. */
function notesOf(entry: RejectEntry, { columns }: Form): string[] {
  const hasId = columns.some((name) => name === "message" || name === "example message");
  return [
    ...(columns.includes("count") || entry.count === undefined ? [] : [`count: ${formatCount(entry.count)}`]),
    ...(columns.includes("field") || fieldText(entry) === "" ? [] : [`field: ${fieldText(entry)}`]),
    ...(hasId ? [] : [`${entry.count === undefined ? "message" : "example"}: ${entry.messageId}`]),
    ...(entry.reason === undefined ? [] : [entry.reason]),
  ];
}

/** What the database or a seal refused is about no field in particular, and not about the body as such. */
function fieldText({ code, field }: RejectEntry): string {
  return field ?? (/^(sqlstate|sealed)_/.test(code) ? "" : "(body)");
}
