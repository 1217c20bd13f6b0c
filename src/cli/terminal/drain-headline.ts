import type { DrainReport } from "../../drain/report.js";
import { formatCount, formatDuration, plural } from "./format.js";
import type { Paint, Style } from "./style.js";

interface Headline {
  readonly text: string;
  readonly tone: (style: Style) => Paint;
}

const success = (style: Style): Paint => style.success;
const attention = (style: Style): Paint => style.attention;
const failure = (style: Style): Paint => style.failure;
const strong = (style: Style): Paint => style.strong;
const secondary = (style: Style): Paint => style.secondary;

/** How a drain ended, in one or two sentences: green only when nothing wants a look. */
export function drainHeadline(report: DrainReport): Headline[] {
  const lines = report.dry_run ? dryRunLines(report) : outcomeLines(report);
  return report.error === undefined ? lines : [...lines, { text: report.error.message, tone: failure }];
}

function outcomeLines(report: DrainReport): Headline[] {
  const { queue, table, received, stopped_because: because } = report;
  const took = formatDuration(report.duration_ms);
  const what = `${queue} into ${table}`;
  const good = isClean(report) ? success : strong;
  switch (because) {
    case "empty":
      return received === 0
        ? [{ text: `Nothing to drain: ${queue} handed out no messages`, tone: success }]
        : [{ text: `Drained ${what} in ${took}`, tone: good }];
    case "max":
      return [
        {
          text: `Drained ${plural(received, "message")} of ${what} in ${took}, as many as asked for`,
          tone: good,
        },
      ];
    case "max-duration":
      return [{ text: `Drained ${what} for ${took}, as long as asked for`, tone: good }];
    default:
      return stoppedLines(report, `draining ${what}`);
  }
}

function stoppedLines(report: DrainReport, doing: string): Headline[] {
  const took = formatDuration(report.duration_ms);
  switch (report.stopped_because) {
    case "signal":
      return [{ text: `Interrupted: ${doing} ended after ${took}`, tone: attention }];
    case "rejects":
      return [
        {
          text: `Stopped: too many rejects, ${formatCount(report.rejected)} of ${plural(report.received, "message")}; ${doing} ended after ${took}`,
          tone: failure,
        },
      ];
    case "error":
      return [{ text: `Failed: ${doing} ended after ${took}`, tone: failure }];
    default:
      return [];
  }
}

function dryRunLines(report: DrainReport): Headline[] {
  const first = { text: "Dry run: nothing was loaded or deleted", tone: strong };
  const stopped = stoppedLines(report, `reading ${report.queue} for ${report.table}`);
  return [first, ...(stopped.length > 0 ? stopped : [{ text: readText(report), tone: secondary }])];
}

function readText({ queue, table, received, stopped_because: because, duration_ms }: DrainReport): string {
  const took = formatDuration(duration_ms);
  switch (because) {
    case "max":
      return `Read ${plural(received, "message")} of ${queue} for ${table} in ${took}, as many as asked for`;
    case "max-duration":
      return `Read ${queue} for ${table} for ${took}, as long as asked for`;
    default:
      return received === 0
        ? `Nothing to read: ${queue} handed out no messages`
        : `Finished reading ${queue} for ${table} in ${took}`;
  }
}

function isClean(report: DrainReport): boolean {
  return report.rejected === 0 && report.in_doubt === 0 && report.delete_failed === 0;
}
