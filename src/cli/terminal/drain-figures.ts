import type { DrainReport } from "../../drain/report.js";
import { countFigure, type Figure } from "./figures.js";
import { formatCount, formatDecimal } from "./format.js";
import { rowsNote } from "./rows-note.js";
import type { Style } from "./style.js";

interface FigureOptions {
  readonly style: Style;
  readonly onReject: "leave" | "quarantine";
  readonly rejectsTable: string;
}

/** A drain's numbers: what became of the messages, adding up to what was received; the queue; the work. */
export function drainFigures(report: DrainReport, options: FigureOptions): Figure[][] {
  const { style } = options;
  return report.dry_run
    ? [forecast(report, style), [queueFigure(report)], workFigures(report)]
    : [
        accounting(report, options),
        [...deleteFigures(report, options), queueFigure(report)],
        workFigures(report),
      ];
}

function accounting(report: DrainReport, { style, onReject, rejectsTable }: FigureOptions): Figure[] {
  const rejected = onReject === "leave" ? "left on the queue" : `sealed into ${rejectsTable}`;
  return [
    countFigure("loaded", report.loaded, style, { note: rowsNote(report) }),
    countFigure("duplicates", report.duplicates, style, { note: "dealt with before, not loaded again" }),
    countFigure("rejected", report.rejected, style, { note: rejected, paint: style.attention }),
    countFigure("released", report.released, style, { note: "left to the queue, not loaded" }),
    countFigure("in doubt", report.in_doubt, style, {
      note: "ended before it was known whether they were loaded",
      paint: style.attention,
    }),
    { label: "received", value: formatCount(report.received), paint: style.strong, isSum: true },
  ];
}

/** A dry run gives everything back: what it would have loaded is what it counts as released. */
function forecast(report: DrainReport, style: Style): Figure[] {
  const { in_doubt: inDoubt, received } = report;
  return [
    countFigure("would load", report.released, style, { note: "those loaded before would be duplicates" }),
    countFigure("would reject", report.rejected, style, { paint: style.attention }),
    ...(report.duplicates === 0
      ? []
      : [countFigure("duplicates", report.duplicates, style, { note: "delivered again" })]),
    ...(inDoubt === 0
      ? []
      : [
          countFigure("in doubt", inDoubt, style, {
            note: "not given back, visible again when their visibility timeout ends",
            paint: style.attention,
          }),
        ]),
    {
      label: "received",
      value: formatCount(received),
      paint: style.strong,
      isSum: true,
      ...(received > 0 && inDoubt === 0 ? { note: "all given back to the queue" } : {}),
    },
  ];
}

function deleteFigures(report: DrainReport, { style, onReject }: FigureOptions): Figure[] {
  return [
    countFigure("deleted", report.deleted, style, {}),
    countFigure("delete failed", report.delete_failed, style, {
      note:
        onReject === "leave"
          ? "loaded, but still on the queue: the redelivery will be a duplicate"
          : "still on the queue: what was loaded will be a duplicate, a reject is rejected again",
      paint: style.attention,
    }),
  ];
}

/** A run that was cut short has not asked any more. */
function queueFigure({ queue_after: after, dry_run: isDryRun }: DrainReport): Figure {
  const label = isDryRun ? "on the queue" : "left on queue";
  if (after === null) return { label, value: "?", note: "not known" };
  const { visible, in_flight: inFlight, delayed } = after;
  return {
    label,
    value: formatCount(visible),
    note: `visible, ${formatCount(inFlight)} in flight, ${formatCount(delayed)} delayed`,
  };
}

/** A rate over less than this is mostly start-up and the waits that find out that the queue is empty. */
const FEWEST_FOR_RATE = 100;
const SHORTEST_FOR_RATE_MS = 1_000;

function workFigures(report: DrainReport): Figure[] {
  const { messages_per_second: rate, requests, received, dry_run: isDryRun } = report;
  const total = requests.receive + requests.delete + requests.extend + requests.other;
  const perThousand =
    received < 1_000 ? "" : `, ${formatDecimal((total * 1_000) / received)} per 1,000 messages`;
  const hasRate = received >= FEWEST_FOR_RATE && report.duration_ms >= SHORTEST_FOR_RATE_MS;
  return [
    ...(hasRate ? [{ label: "rate", value: formatDecimal(rate), note: "messages a second" }] : []),
    ...(isDryRun ? [] : [{ label: "batches", value: formatCount(report.batches) }]),
    { label: "retries", value: formatCount(report.retries) },
    { label: "requests", value: formatCount(total), note: `to SQS${perThousand}` },
  ];
}
