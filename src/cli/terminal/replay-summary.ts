import type { ReplayReport } from "../../rejects/replay-report.js";
import { warningLines } from "./drain-warnings.js";
import { countFigure, type Figure, figureLines } from "./figures.js";
import { formatCount, formatDuration, plural } from "./format.js";
import { nextStep } from "./next-step.js";
import { printable } from "./printable.js";
import { rejectGroupLines } from "./reject-list.js";
import { sectionsText } from "./sections.js";
import type { Paint, Style } from "./style.js";
import { textWidth, wrap } from "./width.js";

interface ReplaySummaryOptions {
  readonly style: Style;
  readonly columns: number;
  /** What follows the name of a command that is to be about the same, such as ` --queue orders`. */
  readonly sameFlags: string;
}

/** A replay's report for people. Ends in a newline. */
export function renderReplayReport(report: ReplayReport, options: ReplaySummaryOptions): string {
  const { style, columns } = options;
  const width = textWidth(columns);
  const { text, paint } = headline(report, style);
  const said = report.error === undefined ? [] : wrap(printable(report.error.message), width);
  return sectionsText([
    [...wrap(printable(text), width).map(paint), ...said.map(style.failure)],
    report.read === 0 ? [] : figureLines(figures(report, style), style, columns),
    warningLines(report.warnings, style, columns),
    rejectGroupLines(report.rejects, style, columns),
    nextSteps(report, options, width),
  ]);
}

function nextSteps(report: ReplayReport, { sameFlags }: ReplaySummaryOptions, width: number): string[] {
  const { dry_run: isDryRun, not_tried: notTried, rejected, stopped_because: because } = report;
  return [
    ...(isDryRun && notTried > 0
      ? wrap("The table was not asked: its constraints and triggers may still refuse some.", width)
      : []),
    ...(rejected > 0 && !isDryRun
      ? nextStep("Their reasons", printable(`sqs2pg rejects${sameFlags}`), width)
      : []),
    ...(because === "rejects" ? wrap("Look into them before the next replay.", width) : []),
  ];
}

function headline(report: ReplayReport, style: Style): { readonly text: string; readonly paint: Paint } {
  const { queue, table, read, rejected } = report;
  const took = formatDuration(report.duration_ms);
  const what = `the sealed rejects of ${queue} into ${table}`;
  switch (report.stopped_because) {
    case "error":
      return { text: `Failed: replaying ${what} ended after ${took}`, paint: style.failure };
    case "rejects":
      return {
        text: `Stopped: too many rejects, ${formatCount(rejected)} of ${formatCount(read)} read; replaying ${what} ended after ${took}`,
        paint: style.failure,
      };
    case "signal":
      return { text: `Interrupted: replaying ${what} ended after ${took}`, paint: style.attention };
    default: {
      if (read === 0) return { text: `Nothing to replay: ${nothing(report)}`, paint: style.success };
      if (report.dry_run)
        return { text: "Dry run: nothing was loaded, everything is still sealed", paint: style.strong };
      return {
        text: `Replayed ${plural(read, "sealed reject")} of ${queue} into ${table} in ${took}`,
        paint: rejected === 0 ? style.success : style.strong,
      };
    }
  }
}

/** Others may be sealed when only those with a certain code were asked for. */
function nothing({ queue, sealed_after: left }: ReplayReport): string {
  return left === null || left === 0
    ? `found no sealed rejects of ${queue}`
    : `none of the ${plural(left, "sealed reject")} of ${queue} has that code`;
}

function figures(report: ReplayReport, style: Style): Figure[][] {
  const {
    read,
    loaded,
    duplicates,
    rejected,
    not_tried: notTried,
    in_doubt: inDoubt,
    sealed_after: left,
  } = report;
  const sum: Figure = { label: "read", value: formatCount(read), paint: style.strong, isSum: true };
  const sealed = sealedFigure(left, rejected + notTried);
  if (report.dry_run) {
    return [
      [
        countFigure("would load", notTried, style, { note: "those loaded before would be duplicates" }),
        countFigure("would reject", rejected, style, { note: "again", paint: style.attention }),
        sum,
      ],
      [sealed],
    ];
  }
  return [
    [
      countFigure("loaded", loaded, style, { note: "and no longer sealed" }),
      countFigure("duplicates", duplicates, style, { note: "loaded before, and no longer sealed" }),
      countFigure("rejected", rejected, style, { note: "still sealed", paint: style.attention }),
      countFigure("not tried", notTried, style, { note: "still sealed" }),
      countFigure("in doubt", inDoubt, style, {
        note: "ended before it was known whether they were loaded: run it again",
        paint: style.attention,
      }),
      sum,
    ],
    [sealed],
  ];
}

/** `read`: as many of them were read, and are sealed still. */
function sealedFigure(left: number | null, read: number): Figure {
  const label = "still sealed";
  if (left === null) return { label, value: "?", note: "not known" };
  const value = formatCount(left);
  return left > read
    ? { label, value, note: `${formatCount(left - read)} of them were not read` }
    : { label, value };
}
