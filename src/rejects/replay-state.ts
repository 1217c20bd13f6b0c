import type { Backoff } from "../backoff.js";
import type { Retried } from "../drain/events.js";
import { RETRY_FOR_MS } from "../drain/limits.js";
import { createNarrator, type Narrator } from "../drain/narrator.js";
import { createStopper, type Stopper } from "../drain/stopper.js";
import { createStreak, type Streak, tooManyRefused } from "../drain/streak.js";
import { createTally, type Tally } from "../drain/tally.js";
import type { RetryOptions } from "../loader/retry.js";
import { buildReplayReport } from "./build-replay-report.js";
import type { ReplayReport } from "./replay-report.js";
import type { RunReplayOptions } from "./run-replay-options.js";

/** What a replay under way counts, tells and asks. */
export interface ReplayState {
  readonly options: RunReplayOptions;
  readonly startedAtMs: number;
  readonly tally: Tally;
  readonly stopper: Stopper;
  readonly narrator: Narrator;
  /** Rows that the database refuses. */
  readonly refused: Streak;
  /** How long is waited for a dependency; for as long as `signal` lets it, which is the kill unless it is given. */
  readonly patience: (what: Retried, signal?: AbortSignal) => RetryOptions;
}

export function beginReplay(options: RunReplayOptions): ReplayState {
  const { clock, rejectsInARow } = options;
  const tally = createTally();
  const stopper = createStopper((error) => narrator.tell({ type: "failed", error }));
  const narrator = createNarrator(options.onEvent, clock, () => {
    const { received, loaded, duplicates, rejected, released } = tally;
    return { received, loaded, duplicates, rejected, released, deleted: 0, pollers: 0 };
  });
  const refused = createStreak({
    tooMany: rejectsInARow,
    areLeft: false,
    onTooMany: () => narrator.tell({ type: "notice", message: tooManyRefused(rejectsInARow) }),
  });
  const patience = (what: Retried, signal = options.kill): RetryOptions => ({
    clock,
    retryForMs: stopper.hasFailed() ? 0 : RETRY_FOR_MS,
    signal,
    onRetry: ({ code, attempt, delayMs }: Backoff) => {
      tally.retries += 1;
      narrator.tell({ type: "retry", what, code, attempt, delay_ms: delayMs });
    },
  });
  return { options, startedAtMs: clock.now(), tally, stopper, narrator, refused, patience };
}

/** The report as of now. */
export function reportOf(
  { options, startedAtMs, tally, stopper }: ReplayState,
  because: ReplayReport["stopped_because"],
  sealedAfter: number | null,
): ReplayReport {
  const { runId, queueName, table, dryRun, clock } = options;
  return buildReplayReport({
    ...{ runId, queueName, table, dryRun, startedAtMs, finishedAtMs: clock.now() },
    ...{ tally, stopper, because, sealedAfter },
  });
}
