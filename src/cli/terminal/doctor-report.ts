import { type CheckStatus, GROUPS } from "../../doctor/check.js";
import type { DoctorReport, ReportedCheck } from "../../doctor/report.js";
import { plural } from "./format.js";
import { printable } from "./printable.js";
import { sectionsText } from "./sections.js";
import { type Paint, plain, type Style } from "./style.js";
import { GAP } from "./table.js";
import { displayWidth, textWidth, wrap } from "./width.js";

interface DoctorReportOptions {
  readonly style: Style;
  readonly columns: number;
}

const INDENT = 2;
/** Of all words for a status. */
const STATUS_WIDTH = 7;
/** With less room than that beside the titles, sentences stand under them. */
const NARROWEST_TEXT = 36;
const WIDEST = 110;

interface Layout {
  readonly style: Style;
  readonly width: number;
  /** Cells of the longest title. */
  readonly titles: number;
}

/** What `doctor` found: a group a section, a check a line, and the verdict last. Ends in a newline. */
export function renderDoctor(report: DoctorReport, { style, columns }: DoctorReportOptions): string {
  const titles = Math.max(0, ...report.checks.map(({ title }) => displayWidth(title)));
  const layout = { style, width: textWidth(columns, WIDEST), titles };
  const sections = GROUPS.map((group) => {
    const checks = report.checks.filter((check) => check.group === group);
    if (checks.length === 0) return [];
    return [style.strong(group), ...runsOf(checks).flatMap((run) => runLines(run, layout))];
  });
  return sectionsText([...sections, verdictLines(report, layout)]);
}

/** Checks one after the other that are skipped for the same reason make one run, each other one is a run by itself. */
function runsOf(checks: readonly ReportedCheck[]): ReportedCheck[][] {
  const runs: ReportedCheck[][] = [];
  for (const check of checks) {
    const before = runs.at(-1)?.at(-1);
    if (before !== undefined && isSkippedAlike(before, check)) runs.at(-1)?.push(check);
    else runs.push([check]);
  }
  return runs;
}

function isSkippedAlike(one: ReportedCheck, other: ReportedCheck): boolean {
  const isBare = (check: ReportedCheck): boolean =>
    check.status === "skipped" && check.remedy === null && check.details.length === 0;
  return isBare(one) && isBare(other) && one.found === other.found;
}

function runLines(run: readonly ReportedCheck[], layout: Layout): string[] {
  const [first] = run;
  if (first === undefined) return [];
  if (run.length === 1) return checkLines(first, layout);
  const { style, width } = layout;
  const before = INDENT + STATUS_WIDTH + GAP;
  const titles = run.map(({ title }) => title).join(", ");
  const text = `${titles}: ${first.found.replace(/^needs: /, "need ")}`;
  const status = paintOf(first.status, style)(first.status);
  return wrap(printable(text), Math.max(1, width - before)).map((line, index) => {
    const start = index === 0 ? `${" ".repeat(INDENT)}${status}${" ".repeat(GAP)}` : " ".repeat(before);
    return start + style.secondary(line);
  });
}

function checkLines(check: ReportedCheck, layout: Layout): string[] {
  const { style, width, titles } = layout;
  const paint = paintOf(check.status, style);
  const head = `${" ".repeat(INDENT)}${paint(check.status)}`;
  const afterStatus = " ".repeat(STATUS_WIDTH - check.status.length + GAP);
  const besideTitle = INDENT + STATUS_WIDTH + GAP + titles + GAP;
  const isBeside = width - besideTitle >= NARROWEST_TEXT;
  const indent = isBeside ? besideTitle : INDENT * 2;
  const lines = sentencesOf(check, style).flatMap(({ text, mark, paint: paintText }) => {
    const room = Math.max(1, width - indent - displayWidth(mark));
    return wrap(printable(text), room).map((line, index) => {
      const before = index === 0 ? mark : " ".repeat(displayWidth(mark));
      return paintText(before + line);
    });
  });
  const pad = " ".repeat(indent);
  if (!isBeside) {
    const before = INDENT + STATUS_WIDTH + GAP;
    const [start = "", ...others] = wrap(check.title, Math.max(1, width - before));
    const title = [`${head}${afterStatus}${start}`, ...others.map((line) => " ".repeat(before) + line)];
    return [...title, ...lines.map((line) => pad + line)];
  }
  const [first = "", ...rest] = lines;
  const title = check.title + " ".repeat(titles - displayWidth(check.title) + GAP);
  return [`${head}${afterStatus}${title}${first}`, ...rest.map((line) => pad + line)];
}

interface Sentence {
  readonly text: string;
  readonly mark: string;
  readonly paint: Paint;
}

function sentencesOf({ status, found, details, remedy }: ReportedCheck, style: Style): Sentence[] {
  const paint = status === "skipped" ? style.secondary : plain;
  return [
    { text: found, mark: "", paint },
    ...details.map((text) => ({ text, mark: "- ", paint: plain })),
    ...(remedy === null ? [] : [{ text: remedy, mark: `${style.arrow} `, paint: style.strong }]),
  ];
}

function paintOf(status: CheckStatus, style: Style): Paint {
  return {
    ok: style.success,
    warning: style.attention,
    failed: style.failure,
    skipped: style.secondary,
  }[status];
}

function verdictLines({ ready, counts, checks }: DoctorReport, { style, width }: Layout): string[] {
  const { ok, warning, failed, skipped } = counts;
  const others = [
    `${ok} ok`,
    ...(warning > 0 ? [plural(warning, "warning")] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(", ");
  if (ready) return wrap(`ready: ${others}`, width).map(warning > 0 ? style.attention : style.success);
  if (failed === 0) return wrap(`interrupted: ${others}`, width).map(style.attention);
  const names = checks.filter(({ status }) => status === "failed").map(({ title }) => title);
  const problems = `${plural(failed, "problem")}: ${names.join(", ")} (${others})`;
  return wrap(printable(problems), width).map(style.failure);
}
