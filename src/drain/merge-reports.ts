import type { RequestCounts } from "../fetcher/queue.js";
import { perSecond } from "./build-report.js";
import { mergeRejects, mergeWarnings } from "./merge-groups.js";
import type { DrainReport, RunError, StoppedBecause } from "./report.js";

export interface MergeOptions {
  /** Messages that were to be received at the most, by all together. */
  readonly max: number | undefined;
  /** False: those that were stopped were stopped because of another one. */
  readonly isInterrupted: boolean;
  /** Of one or more there is no report: they ended before they had received anything. */
  readonly isPartial: boolean;
  /** What went wrong first; of the reports' errors one otherwise. */
  readonly error: RunError | undefined;
}

type Count = {
  [Name in keyof DrainReport]-?: DrainReport[Name] extends number ? Name : never;
}[keyof DrainReport];

/** One report of runs that have drained the same queue side by side, the first of which gives it its id. */
export function mergeReports(
  reports: readonly [DrainReport, ...DrainReport[]],
  options: MergeOptions,
): DrainReport {
  const [first] = reports;
  const sum = (name: Count): number => reports.reduce((total, report) => total + report[name], 0);
  const startedAtMs = Math.min(...reports.map(({ started_at }) => Date.parse(started_at)));
  const last = reports.reduce((one, other) => (finishedAtMs(other) >= finishedAtMs(one) ? other : one));
  const durationMs = finishedAtMs(last) - startedAtMs;
  const error = options.error ?? reports.flatMap((report) => report.error ?? [])[0];
  const runs = reports.flatMap((report) => report.runs ?? [report.run_id]);

  return {
    run_id: first.run_id,
    ...(runs.length === 1 ? {} : { runs }),
    queue: first.queue,
    table: first.table,
    started_at: new Date(startedAtMs).toISOString(),
    finished_at: last.finished_at,
    duration_ms: durationMs,
    dry_run: first.dry_run,
    stopped_because: error === undefined ? stoppedBecause(reports, options) : "error",
    ...(error === undefined ? {} : { error }),
    received: sum("received"),
    loaded: sum("loaded"),
    duplicates: sum("duplicates"),
    rows: sum("rows"),
    superseded: sum("superseded"),
    rejected: sum("rejected"),
    released: sum("released"),
    in_doubt: sum("in_doubt"),
    deleted: sum("deleted"),
    delete_failed: sum("delete_failed"),
    messages_per_second: perSecond(sum("received"), workedUntilMs(reports) - startedAtMs),
    batches: sum("batches"),
    retries: sum("retries"),
    requests: sumRequests(reports),
    warnings: mergeWarnings(reports.map(({ warnings }) => warnings)),
    rejects: mergeRejects(reports.map(({ rejects }) => rejects)),
    queue_after: last.queue_after,
  };
}

function finishedAtMs(report: DrainReport): number {
  return Date.parse(report.finished_at);
}

/** When the last of them had settled its last message, by its rate; within one report a rate counts to there. */
function workedUntilMs(reports: readonly DrainReport[]): number {
  const ends = reports.map(({ started_at, received, messages_per_second: rate, finished_at }) =>
    rate > 0
      ? Date.parse(started_at) + (received * 1_000) / rate
      : Date.parse(received > 0 ? finished_at : started_at),
  );
  return Math.max(...ends);
}

/** The gravest reason. All that was asked for came only if each received its share of it. */
function stoppedBecause(
  reports: readonly DrainReport[],
  { max, isInterrupted, isPartial }: MergeOptions,
): StoppedBecause {
  const reasons = new Set(reports.map((report) => report.stopped_because));
  if (isInterrupted && isPartial) reasons.add("signal");
  if (!isInterrupted) reasons.delete("signal");
  const gravest = (["signal", "rejects", "max-duration"] as const).find((reason) => reasons.has(reason));
  if (gravest !== undefined) return gravest;
  const received = reports.reduce((total, report) => total + report.received, 0);
  return max !== undefined && received >= max ? "max" : "empty";
}

function sumRequests(reports: readonly DrainReport[]): RequestCounts {
  const sum: RequestCounts = { receive: 0, delete: 0, extend: 0, other: 0 };
  for (const { requests } of reports) {
    sum.receive += requests.receive;
    sum.delete += requests.delete;
    sum.extend += requests.extend;
    sum.other += requests.other;
  }
  return sum;
}
