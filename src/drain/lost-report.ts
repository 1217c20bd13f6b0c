import type { DrainEvent, Progress } from "./events.js";
import type { DrainReport, RunError } from "./report.js";

export interface LostRun {
  readonly started: Extract<DrainEvent, { type: "started" }>;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  /** The last that was heard of it. */
  readonly progress: Progress | undefined;
  /** Undefined: it was ended on purpose. */
  readonly error: RunError | undefined;
}

/** In the place of a report, of a run that is gone without one: what it was known to have done, the rest is in doubt. */
export function reportOfLost({ started, startedAtMs, finishedAtMs, progress, error }: LostRun): DrainReport {
  const {
    received = 0,
    loaded = 0,
    duplicates = 0,
    rejected = 0,
    released = 0,
    deleted = 0,
  } = progress ?? {};
  return {
    ...{ run_id: started.run_id, queue: started.queue, table: started.table },
    started_at: new Date(startedAtMs).toISOString(),
    finished_at: new Date(finishedAtMs).toISOString(),
    duration_ms: finishedAtMs - startedAtMs,
    dry_run: started.dry_run,
    stopped_because: error === undefined ? "signal" : "error",
    ...(error === undefined ? {} : { error }),
    ...{ received, loaded, duplicates },
    // Progress does not say; a message that is loaded is a row at least, unless that gave way.
    ...{ rows: loaded, superseded: 0, rejected, released },
    in_doubt: received - loaded - duplicates - rejected - released,
    ...{ deleted, delete_failed: 0, messages_per_second: 0, batches: 0, retries: 0 },
    requests: { receive: 0, delete: 0, extend: 0, other: 0 },
    ...{ warnings: {}, rejects: [], queue_after: null },
  };
}
