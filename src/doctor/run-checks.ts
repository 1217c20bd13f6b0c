import { type Clock, sleep } from "../clock.js";
import { type Check, type Finding, failed, INTERRUPTED, skipped } from "./check.js";
import { findingOf } from "./explain.js";
import type { Tools } from "./tools.js";

export interface CheckResult extends Finding {
  readonly check: Check;
  readonly durationMs: number;
  /** Of one that was skipped: the check that this comes from, and what became of that one. */
  readonly because?: string;
}

export interface RunOptions {
  readonly tools: Omit<Tools, "signal">;
  /** Aborted: what is not over by then is skipped. */
  readonly stop: AbortSignal;
  /** A check begins, or is over. */
  readonly onProgress?: ((check: Check, isOver: boolean) => void) | undefined;
  /** What a check threw. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/**
 * Runs all checks, each as soon as those that it waits for are over, side by side. Whatever a check does, there is a
 * result of it, within its time. The results are in the order of the list, in which a check stands behind those that it
 * waits for.
 */
export function runChecks(checks: readonly Check[], options: RunOptions): Promise<CheckResult[]> {
  const running = new Map<string, Promise<CheckResult>>();
  const resultsOf = (ids: readonly string[] = []): Promise<CheckResult[]> =>
    Promise.all(ids.map((id) => running.get(id)).filter((result) => result !== undefined));
  for (const check of checks) {
    running.set(
      check.id,
      Promise.all([resultsOf(check.needs), resultsOf(check.after)]).then(([needed]) => {
        const missing = needed.find(({ status }) => status === "failed" || status === "skipped");
        return missing === undefined ? runCheck(check, options) : without(check, missing);
      }),
    );
  }
  return Promise.all(running.values());
}

function without(check: Check, { check: missing, status, because }: CheckResult): CheckResult {
  const root = because ?? `${missing.title}, which ${status === "failed" ? "failed" : "was skipped"}`;
  return { ...skipped(`needs: ${root}`), check, durationMs: 0, because: root };
}

async function runCheck(check: Check, options: RunOptions): Promise<CheckResult> {
  const { tools, stop, onProgress, onError } = options;
  const { clock } = tools;
  if (stop.aborted) return { ...INTERRUPTED, check, durationMs: 0 };
  const startedAtMs = clock.now();
  const over = new AbortController();
  const timeoutMs = check.timeoutMs ?? tools.timeoutMs;
  const work = (async () => check.run({ ...tools, timeoutMs, signal: over.signal }))().catch((error) => {
    // What comes of work that was given up is nobody's concern.
    if (!over.signal.aborted) onError?.(error);
    return findingOf(error);
  });
  onProgress?.(check, false);
  const finding = await first(work, { clock, timeoutMs, stop, check });
  over.abort();
  onProgress?.(check, true);
  return { ...finding, check, durationMs: Math.max(0, clock.now() - startedAtMs) };
}

interface Waiting {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly stop: AbortSignal;
  readonly check: Check;
}

async function first(work: Promise<Finding>, { clock, timeoutMs, stop, check }: Waiting): Promise<Finding> {
  const done = new AbortController();
  const giveUp = AbortSignal.any([stop, done.signal]);
  const limit = sleep(clock, timeoutMs, giveUp).then((): Finding => {
    if (stop.aborted) return INTERRUPTED;
    return failed(
      `no answer within ${timeoutMs / 1_000} s`,
      check.ifSilent ?? "try again, or give it more time with --timeout",
      { code: "timed_out", kind: "unavailable" },
    );
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    done.abort();
  }
}
