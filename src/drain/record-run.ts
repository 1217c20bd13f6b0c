import type { Clock } from "../clock.js";
import { DatabaseError, InterruptedError } from "../errors.js";
import { type RetryOptions, retrying } from "../loader/retry.js";
import type { RunStart, Store } from "../loader/store.js";
import { unlessStopped } from "../unless-stopped.js";
import { version } from "../version.js";
import type { Narrator } from "./narrator.js";
import type { RunReport } from "./report.js";

export interface RecordStartOptions {
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /** What `InterruptedError` says. */
  readonly interrupted?: string;
}

/**
 * Writes down that a run begins; once, since nothing is in hand yet that would be worth the patience. Throws
 * `DatabaseError` and `InterruptedError`.
 */
export async function recordStart(
  store: Pick<Store, "startRun">,
  run: Omit<RunStart, "startedAtMs" | "version">,
  { clock, stop, interrupted }: RecordStartOptions,
): Promise<void> {
  const started = { ...run, startedAtMs: clock.now(), version };
  await unlessStopped(
    retrying(() => store.startRun(started), { clock, retryForMs: 0 }),
    stop,
    interrupted,
  );
}

/** After a stop everything in hand is finished, and somebody waits: the end is not worth a longer wait. */
const LAST_WORDS_MS = 5_000;

export interface RecordRunOptions extends RetryOptions {
  /** Aborted, before or meanwhile: a database that does not answer is not waited for much longer. */
  readonly stop: AbortSignal;
}

/** Writes the report's counts to the runs table. Throws `DatabaseError`. */
export async function recordRun(
  store: Pick<Store, "finishRun">,
  report: RunReport,
  { stop, ...options }: RecordRunOptions,
): Promise<void> {
  const { run_id, queue: _queue, table: _table, started_at: _started, finished_at, ...rest } = report;
  const { stopped_because, ...counters } = rest;
  const run = {
    id: run_id,
    finishedAtMs: Date.parse(finished_at),
    stoppedBecause: stopped_because,
    counters,
  };
  const tooLate = new AbortController();
  let cancelTimer: (() => void) | undefined;
  const onStop = (): void => {
    cancelTimer = options.clock.after(LAST_WORDS_MS, () => tooLate.abort());
  };
  if (stop.aborted) onStop();
  else stop.addEventListener("abort", onStop, { once: true });
  const signal = AbortSignal.any([tooLate.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  try {
    const recording = retrying(() => store.finishRun(run), { ...options, signal });
    await unlessStopped(recording, tooLate.signal);
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    const message = "PostgreSQL does not answer: the end of the run is not recorded";
    throw new DatabaseError("unavailable", "timed_out", message, { cause: error });
  } finally {
    cancelTimer?.();
    stop.removeEventListener("abort", onStop);
  }
}

/** Housekeeping after a run: what it cannot do now, a later run does. */
export async function pruneLedger(store: Store, narrator: Narrator): Promise<void> {
  try {
    await store.prune();
  } catch {
    narrator.tell({ type: "notice", message: "the ledger could not be pruned: the next run tries again" });
  }
}
