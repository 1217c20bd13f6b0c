import type { DrainReport } from "../../drain/report.js";
import { drainFigures } from "./drain-figures.js";
import { drainHeadline } from "./drain-headline.js";
import { warningLines } from "./drain-warnings.js";
import { figureLines } from "./figures.js";
import { plural } from "./format.js";
import { nextStep } from "./next-step.js";
import { printable } from "./printable.js";
import { rejectGroupLines } from "./reject-list.js";
import { sectionsText } from "./sections.js";
import type { Style } from "./style.js";
import { textWidth, wrap } from "./width.js";

interface DrainSummaryOptions {
  readonly style: Style;
  readonly columns: number;
  readonly onReject: "leave" | "quarantine";
  /** Where rejects are recorded, such as `sqs2pg.rejects`. */
  readonly rejectsTable: string;
  /** What follows the name of a command that is to be about the same, such as ` --queue orders`. */
  readonly sameFlags: string;
}

/** A drain's report for people: how it ended, what became of every message, and what to do next. Ends in a newline. */
export function renderDrainReport(report: DrainReport, options: DrainSummaryOptions): string {
  const { style, columns } = options;
  const width = textWidth(columns);
  const sections: string[][] = [
    drainHeadline(report).flatMap(({ text, tone }) =>
      wrap(printable(text), width).map((line) => tone(style)(line)),
    ),
    figureLines(drainFigures(report, options), style, columns),
    warningLines(report.warnings, style, columns),
    rejectGroupLines(report.rejects, style, columns),
    nextSteps(report, options, width),
  ];
  return sectionsText(sections);
}

function nextSteps(
  report: DrainReport,
  { onReject, sameFlags }: DrainSummaryOptions,
  width: number,
): string[] {
  const steps: string[] = [];
  const say = (text: string): void => {
    steps.push(...wrap(printable(text), width));
  };
  const { visible = 0 } = report.queue_after ?? {};
  if (report.stopped_because === "empty" && visible > 0 && !report.dry_run) {
    say(
      `${plural(visible, "visible message")} could not be received: held by a FIFO group, another consumer, or a counter that lags.`,
    );
  }
  if (report.dry_run && report.received > 0) {
    say("The receive count of each message read went up by 1: a redrive policy counts dry runs, too.");
  }
  if (report.rejected > 0 && !report.dry_run) {
    steps.push(...nextStep("Rejects and their reasons", printable(`sqs2pg rejects${sameFlags}`), width));
    if (onReject === "quarantine") {
      steps.push(...nextStep("To load what fits later", printable(`sqs2pg replay${sameFlags}`), width));
    }
  }
  if (report.stopped_because === "rejects") {
    say("Look into them before the next run.");
  }
  if (report.in_doubt > 0 && !report.dry_run) {
    say("The messages in doubt: run the same command again, what had been loaded counts as duplicate.");
  }
  return steps;
}
