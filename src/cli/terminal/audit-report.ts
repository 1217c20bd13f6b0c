import type { AuditReport } from "../../masked-data/audit-report.js";
import { columnLines } from "./audit-column.js";
import { formatCount, plural } from "./format.js";
import { printable } from "./printable.js";
import { sectionsText } from "./sections.js";
import type { Style } from "./style.js";
import { textWidth, wrap } from "./width.js";

interface AuditOptions {
  readonly style: Style;
  readonly columns: number;
}

/** What `audit` found, for people: the verdict first, then column by column. Ends in a newline. */
export function renderAudit(report: AuditReport, { style, columns }: AuditOptions): string {
  const width = textWidth(columns);
  const sentences = (text: string): string[] => wrap(printable(text), width);
  return sectionsText([
    [...headline(report, sentences, style), ...sentences(scopeText(report)).map(style.secondary)],
    ...report.columns.map((column) => columnLines(column, style, width)),
    unmaskedLines(report, sentences, style),
    remedyTexts(report).flatMap(sentences),
    timesText(report).flatMap(sentences).map(style.secondary),
  ]);
}

type Sentences = (text: string) => string[];

function headline(
  { table, columns, at_risk: atRisk }: AuditReport,
  sentences: Sentences,
  style: Style,
): string[] {
  if (columns.length === 0) return sentences(`No column of ${table} is masked`).map(style.attention);
  if (atRisk.length === 0) {
    return sentences(`No masked column of ${table} can be guessed without a key`).map(style.success);
  }
  const count = `${formatCount(atRisk.length)} of ${plural(columns.length, "masked column")} of ${table}`;
  return sentences(`At risk: ${count}: ${atRisk.join(", ")}`).map(style.failure);
}

function scopeText({ database, rows, is_sample: isSample }: AuditReport): string {
  if (database === null || rows === null) return "No database is given: only the pipeline was looked at";
  return `${plural(rows, "row")} of ${database} looked at${isSample ? ", a sample" : ", all there are"}`;
}

function unmaskedLines({ unmasked }: AuditReport, sentences: Sentences, style: Style): string[] {
  if (unmasked.length === 0) return [];
  const names = unmasked.map(({ column, looks_like: data }) => `${column} (${data})`).join(", ");
  return sentences(`Not masked, though the name looks like personal data: ${names}`).map(style.attention);
}

function remedyTexts({ columns }: AuditReport): string[] {
  const has = (verdict: string): boolean => columns.some((column) => column.verdict === verdict);
  return [
    ...(has("guessable")
      ? ["What can be guessed wants a key: hmac-sha256, or aes-siv where it is to be read back."]
      : []),
    ...(has("exposed")
      ? ["What is stored in another form stays until it is masked or deleted in the table itself."]
      : []),
  ];
}

function timesText({ columns, cores }: AuditReport): string[] {
  const isTimed = columns.some(({ candidates }) => candidates.some(({ seconds }) => seconds !== null));
  if (!isTimed) return [];
  const others = cores > 1 ? ` (it has ${formatCount(cores)})` : "";
  return [
    `Times are for all candidates and for this program, measured on one core of this machine${others}. A program made for guessing is faster, and one pass finds every value of the column.`,
  ];
}
