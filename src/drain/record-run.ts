import { type RetryOptions, retrying } from "../loader/retry.js";
import type { Store } from "../loader/store.js";
import type { Narrator } from "./narrator.js";
import type { DrainReport } from "./report.js";

/** Writes the report's counts to the runs table. Throws `DatabaseError`. */
export async function recordRun(store: Store, report: DrainReport, options: RetryOptions): Promise<void> {
  const { run_id, queue: _queue, table: _table, started_at: _started, finished_at, ...rest } = report;
  const { stopped_because, ...counters } = rest;
  const run = {
    id: run_id,
    finishedAtMs: Date.parse(finished_at),
    stoppedBecause: stopped_because,
    counters,
  };
  await retrying(() => store.finishRun(run), options);
}

/** Housekeeping after a run: what it cannot do now, a later run does. */
export async function pruneLedger(store: Store, narrator: Narrator): Promise<void> {
  try {
    await store.prune();
  } catch {
    narrator.tell({ type: "notice", message: "the ledger could not be pruned: the next run tries again" });
  }
}
