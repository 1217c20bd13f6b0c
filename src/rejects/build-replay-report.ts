import type { Stopper } from "../drain/stopper.js";
import type { Tally } from "../drain/tally.js";
import type { ReplayReport } from "./replay-report.js";

export interface ReplayReportOptions {
  readonly runId: string;
  readonly queueName: string;
  readonly table: string;
  readonly dryRun: boolean;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  /** Where `received` is what was read, and `released` what was not tried. */
  readonly tally: Tally;
  readonly stopper: Pick<Stopper, "error">;
  readonly because: ReplayReport["stopped_because"];
  readonly sealedAfter: number | null;
}

/** What has no outcome is in doubt. */
export function buildReplayReport(options: ReplayReportOptions): ReplayReport {
  const { tally, startedAtMs, finishedAtMs } = options;
  const { received, loaded, duplicates, rejected, released } = tally;
  const error = options.stopper.error();
  return {
    run_id: options.runId,
    queue: options.queueName,
    table: options.table,
    started_at: new Date(startedAtMs).toISOString(),
    finished_at: new Date(finishedAtMs).toISOString(),
    duration_ms: finishedAtMs - startedAtMs,
    dry_run: options.dryRun,
    stopped_because: error === undefined ? options.because : "error",
    ...(error === undefined ? {} : { error }),
    read: received,
    loaded,
    duplicates,
    rows: tally.rows,
    superseded: tally.superseded,
    rejected,
    not_tried: released,
    in_doubt: received - loaded - duplicates - rejected - released,
    batches: tally.batches,
    retries: tally.retries,
    warnings: tally.warnings(),
    rejects: tally.rejectGroups(),
    sealed_after: options.sealedAfter,
  };
}
