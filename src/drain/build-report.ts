import type { QueueCounters, RequestCounts } from "../fetcher/queue.js";
import type { DrainReport } from "./report.js";
import type { Stopper } from "./stopper.js";
import type { Tally } from "./tally.js";

export interface ReportOptions {
  readonly runId: string;
  readonly queueName: string;
  readonly table: string;
  readonly isDryRun: boolean;
  readonly startedAtMs: number;
  /** The last message was received, or got its outcome. */
  readonly workedUntilMs: number;
  readonly finishedAtMs: number;
  readonly tally: Tally;
  readonly stopper: Stopper;
  /** Messages in hand without an outcome. */
  readonly undecided: number;
  /** Messages that were to be deleted when the run was cut off. */
  readonly undeleted: number;
  readonly requests: Readonly<RequestCounts>;
  readonly queueAfter: QueueCounters | null;
}

export function buildReport(options: ReportOptions): DrainReport {
  const { tally, stopper } = options;
  const durationMs = options.finishedAtMs - options.startedAtMs;
  const error = stopper.error();
  return {
    run_id: options.runId,
    queue: options.queueName,
    table: options.table,
    started_at: new Date(options.startedAtMs).toISOString(),
    finished_at: new Date(options.finishedAtMs).toISOString(),
    duration_ms: durationMs,
    dry_run: options.isDryRun,
    stopped_because: stopper.because(),
    ...(error === undefined ? {} : { error }),
    received: tally.received,
    loaded: tally.loaded,
    duplicates: tally.duplicates,
    rows: tally.rows,
    superseded: tally.superseded,
    rejected: tally.rejected,
    released: tally.released,
    in_doubt: options.undecided,
    deleted: tally.deleted,
    delete_failed: tally.deleteFailed + options.undeleted,
    messages_per_second: perSecond(tally.received, options.workedUntilMs - options.startedAtMs),
    batches: tally.batches,
    retries: tally.retries,
    requests: { ...options.requests },
    warnings: tally.warnings(),
    rejects: tally.rejectGroups(),
    queue_after: options.queueAfter,
  };
}

/** To one decimal. */
export function perSecond(count: number, durationMs: number): number {
  return durationMs <= 0 ? 0 : Math.round((count * 10_000) / durationMs) / 10;
}
