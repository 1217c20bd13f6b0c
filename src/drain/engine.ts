import { setMaxListeners } from "node:events";
import { forwarded, onAbort } from "../abort-signals.js";
import type { Pollers } from "../fetcher/pollers.js";
import { closeRun, countersOf, reportOf } from "./close-run.js";
import type { EngineOptions } from "./engine-options.js";
import type { DrainReport } from "./report.js";
import { createRun, type Run } from "./run.js";
import { createStages, startReceiving } from "./stages.js";

/**
 * Runs the stages from the queue to the table until there is a reason to end, and reports. It does not throw: what goes
 * wrong after the first receive is in the report, beside what was done until then.
 */
export async function runEngine(options: EngineOptions): Promise<DrainReport> {
  // The caller's signals may outlive many runs, so nothing of this one stays behind on them.
  const over = new AbortController();
  const kill = forwarded(over.signal, options.kill);
  // Every call that waits for a retry listens to it: more of them than Node takes for a leak.
  setMaxListeners(0, kill);
  const run = createRun(options, kill, () => pollers.active());
  const stages = createStages(run);

  tellStarted(run);
  const tellStopping = createTellStopping(run);
  run.stopper.signal.addEventListener("abort", tellStopping);
  stopInTime(run, over.signal);
  const pollers = startReceiving(run, stages);
  const finished = endOfReceiving(run, pollers, tellStopping).then(() => closeRun(run, stages));
  try {
    return await Promise.race([finished, endOnKill(run, over.signal)]);
  } finally {
    void run.leases.close();
    over.abort();
  }
}

function tellStarted({ options, narrator, total, isDryRun }: Run): void {
  narrator.tell({
    type: "started",
    run_id: options.runId,
    queue: options.queue.name,
    table: options.table,
    backlog: countersOf(options.attributes),
    max: Number.isFinite(total) ? total : undefined,
    dry_run: isDryRun,
  });
}

/** Tells once that receiving ends, whichever way that comes to be known first. */
function createTellStopping({ narrator, stopper }: Run): () => void {
  let isTold = false;
  return () => {
    if (isTold) return;
    isTold = true;
    narrator.tell({ type: "stopping", because: stopper.because() });
  };
}

/** Stops receiving when the time is up or the caller says so. */
function stopInTime({ options, stopper }: Run, over: AbortSignal): void {
  const { maxDurationMs } = options.limits;
  if (maxDurationMs !== undefined) {
    const cancel = options.clock.after(maxDurationMs, () => stopper.stop("max-duration"));
    over.addEventListener("abort", cancel, { once: true });
  }
  onAbort(options.stop, over, () => stopper.stop("signal"));
}

/** Resolves after the last receive, with the reason noted. */
async function endOfReceiving({ stopper }: Run, pollers: Pollers, tellStopping: () => void): Promise<void> {
  try {
    const ended = await pollers.ended;
    if (ended !== "stopped") stopper.note(ended);
    tellStopping();
  } catch (error) {
    stopper.fail(error);
  }
}

/** Once the run is killed: its report, without waiting for anything. */
function endOnKill(run: Run, over: AbortSignal): Promise<DrainReport> {
  return new Promise((resolve) => {
    onAbort(run.kill, over, () => {
      run.stopper.cutOff("signal");
      resolve(reportOf(run, null));
    });
  });
}
