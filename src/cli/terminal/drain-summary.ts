import type { DrainReport } from "../../drain/report.js";
import { drainFigures } from "./drain-figures.js";
import { drainHeadline } from "./drain-headline.js";
import { warningLines } from "./drain-warnings.js";
import { figureLines } from "./figures.js";
import { plural } from "./format.js";
import { printable } from "./printable.js";
import { rejectLines } from "./reject-list.js";
import type { Style } from "./style.js";
import { textWidth, wrap } from "./width.js";

interface DrainSummaryOptions {
  readonly style: Style;
  readonly columns: number;
  readonly onReject: "leave" | "quarantine";
  /** Where rejects are recorded, such as `sqs2pg.rejects`. */
  readonly rejectsTable: string;
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
    warningLines(report, style, columns),
    rejectSection(report, style, columns),
    nextSteps(report, options.rejectsTable).flatMap((text) => wrap(printable(text), width)),
  ];
  const shown = sections.filter(({ length }) => length > 0).map((lines) => lines.join("\n"));
  return `${shown.join("\n\n")}\n`;
}

function rejectSection({ rejects }: DrainReport, style: Style, columns: number): string[] {
  if (rejects.length === 0) return [];
  const entries = rejects.map((group) => ({ ...group, messageId: group.example_message_id }));
  return [style.strong("Rejects"), ...rejectLines(entries, style, columns)];
}

function nextSteps(report: DrainReport, rejectsTable: string): string[] {
  const steps: string[] = [];
  const { visible = 0 } = report.queue_after ?? {};
  if (report.stopped_because === "empty" && visible > 0 && !report.dry_run) {
    steps.push(
      `${plural(visible, "visible message")} could not be received: held by a FIFO group, another consumer, or a counter that lags.`,
    );
  }
  if (report.dry_run && report.received > 0) {
    steps.push("The receive count of each message read went up by 1: a redrive policy counts dry runs, too.");
  }
  if (report.rejected > 0 && !report.dry_run) {
    steps.push(`Each reject with its reason and shape: select * from ${rejectsTable}`);
  }
  if (report.stopped_because === "rejects" && !report.dry_run) {
    steps.push(
      `Look into ${rejectsTable} before the next run; --on-reject quarantine takes rejects off the queue.`,
    );
  }
  if (report.in_doubt > 0 && !report.dry_run) {
    steps.push(
      "The messages in doubt: run the same command again, what had been loaded counts as duplicate.",
    );
  }
  return steps;
}
