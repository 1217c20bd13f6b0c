import { setMaxListeners } from "node:events";
import { forwarded, onAbort } from "../abort-signals.js";
import { within } from "../clock.js";
import { recordRun } from "../drain/record-run.js";
import { InterruptedError } from "../errors.js";
import { readPages, readPatiently } from "./read-pages.js";
import type { ReplayReport } from "./replay-report.js";
import { beginReplay, type ReplayState, reportOf } from "./replay-state.js";
import type { RunReplayOptions } from "./run-replay-options.js";

/** How many are still sealed is not worth a longer wait, in milliseconds. */
const COUNT_FOR_MS = 5_000;

/** Page by page through the sealed rejects. It does not throw: what goes wrong is in the report. */
export async function runReplay(options: RunReplayOptions): Promise<ReplayReport> {
  // The caller's signals may outlive many replays, so nothing of this one stays behind on them.
  const over = new AbortController();
  const kill = forwarded(over.signal, options.kill);
  const stop = forwarded(over.signal, options.stop, options.kill);
  // Every call that waits for a retry listens to them: more of them than Node takes for a leak.
  setMaxListeners(0, kill, stop);
  const state = beginReplay({ ...options, kill, stop });
  onAbort(stop, over.signal, () => state.narrator.tell({ type: "stopping", because: "signal" }));
  const killed = new Promise<ReplayReport>((resolve) => {
    onAbort(kill, over.signal, () => resolve(reportOf(state, "signal", null)));
  });
  try {
    return await Promise.race([replayAll(state), killed]);
  } finally {
    over.abort();
  }
}

async function replayAll(state: ReplayState): Promise<ReplayReport> {
  const { dryRun, quarantine, stop } = state.options;
  const because = await readAll(state);
  const sealedAfter = await countSealed(state);
  if (!dryRun) {
    const patience = { ...state.patience("record"), stop };
    await recordRun(quarantine, reportOf(state, because, sealedAfter), patience).catch(state.stopper.fail);
  }
  return reportOf(state, because, sealedAfter);
}

/** What goes wrong is with the stopper. */
async function readAll(state: ReplayState): Promise<ReplayReport["stopped_because"]> {
  const { quarantine, queueName, code } = state.options;
  try {
    tellStarted(state, await readPatiently(state, () => quarantine.count({ queue: queueName, code })));
    return await readPages(state);
  } catch (error) {
    if (!(error instanceof InterruptedError)) state.stopper.fail(error);
    return "signal";
  }
}

function tellStarted({ narrator, options }: ReplayState, total: number): void {
  const { runId, queueName, table, max, dryRun } = options;
  narrator.tell({
    type: "started",
    run_id: runId,
    queue: queueName,
    table,
    backlog: { visible: total, in_flight: 0, delayed: 0 },
    max: Number.isFinite(max) ? max : undefined,
    dry_run: dryRun,
  });
}

/** Null when the database does not say it soon. */
async function countSealed({ options }: ReplayState): Promise<number | null> {
  const { quarantine, queueName, clock } = options;
  const counting = quarantine.count({ queue: queueName, code: undefined }).catch(() => null);
  return (await within(clock, COUNT_FOR_MS, counting)) ?? null;
}
