import { within } from "../clock.js";
import type { QueueAttributes, QueueCounters } from "../fetcher/queue.js";
import type { Store } from "../loader/store.js";
import { buildReport } from "./build-report.js";
import * as LIMITS from "./limits.js";
import { pruneLedger, recordRun } from "./record-run.js";
import { release } from "./release.js";
import type { DrainReport } from "./report.js";
import type { Run } from "./run.js";
import type { Stages } from "./stages.js";

/** After the last receive: finishes what is in hand, gives back the rest, writes the run down and reports. */
export async function closeRun(run: Run, { transforming, sink }: Stages): Promise<DrainReport> {
  const { options, kill, leases } = run;
  const { store } = options;
  await transforming.finish();
  await sink.finish();
  // No renewal may cross with what gives the message back: it would touch the lease of whoever receives it next.
  await within(options.clock, LIMITS.GIVE_BACK_FOR_MS, leases.close());
  // It has reported; its leases have not been renewed since, so the messages may be others' by now.
  if (kill.aborted) return reportOf(run, null);
  run.work.stop();
  await giveBackRest(run);
  const queueAfter = await readQueueAfter(run);
  if (store !== undefined) await writeDown(run, store, queueAfter);
  return reportOf(run, queueAfter);
}

/** What the run has done so far. */
export function reportOf(run: Run, queueAfter: QueueCounters | null): DrainReport {
  const { options, isDryRun, hand } = run;
  return buildReport({
    runId: options.runId,
    queueName: options.queue.name,
    table: options.table,
    isDryRun,
    startedAtMs: run.startedAtMs,
    workedUntilMs: run.work.untilMs(),
    finishedAtMs: options.clock.now(),
    tally: run.tally,
    stopper: run.stopper,
    undecided: hand.undecided(),
    undeleted: isDryRun ? 0 : hand.undeleted(),
    requests: options.queue.requests,
    queueAfter,
  });
}

/** Of a queue's attributes, how many messages it has. */
export function countersOf({ visible, in_flight, delayed }: QueueAttributes): QueueCounters {
  return { visible, in_flight, delayed };
}

async function giveBackRest(run: Run): Promise<void> {
  const { options, leases, hand, tally, stopper } = run;
  await release(run.toGiveBack, {
    ...run.patience("release", LIMITS.GIVE_BACK_FOR_MS),
    ...{ queue: options.queue, leases, hand, tally, stopper },
    concurrency: LIMITS.parallelDeletes(options.limits),
  });
}

/** Null: the queue does not answer. */
async function readQueueAfter({ options }: Run): Promise<QueueCounters | null> {
  const counters = options.queue.attributes().then(countersOf, () => null);
  return (await within(options.clock, LIMITS.GIVE_BACK_FOR_MS, counters)) ?? null;
}

async function writeDown(run: Run, store: Store, queueAfter: QueueCounters | null): Promise<void> {
  const { options, stopper } = run;
  // A run that has failed has been patient enough.
  const patience = run.patience("record", stopper.hasFailed() ? 0 : LIMITS.RETRY_FOR_MS);
  try {
    await recordRun(store, reportOf(run, queueAfter), { ...patience, stop: options.stop });
  } catch (error) {
    stopper.fail(error);
  }
  if (!stopper.hasFailed() && stopper.because() !== "signal") await pruneLedger(store, run.narrator);
}
