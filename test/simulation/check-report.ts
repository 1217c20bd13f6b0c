import { DRY_RUN_MAX } from "../../src/drain/limits.js";
import type { DrainProcess, End } from "./drain-process.js";
import type { ActPlan } from "./scenario.js";
import { FATAL_OUTAGES, isFair, keepsLeases } from "./weather.js";

/** No scenario has more: a limit above it is out of reach. */
const MOST_MESSAGES = 400;

/** What does not hold of a run's report, given what was seen of the run; `isCapped`: the queue hands out only so many. */
export function checkReport(
  process: DrainProcess,
  end: End & { what: "reported" },
  act: ActPlan,
  isCapped: boolean,
): string[] {
  const { plan, limits, witness } = process;
  const { report, received, retriesTold } = end;
  const { seen } = witness;
  const because = report.stopped_because;
  const isKilled = process.isKilled();
  const isSignalled = process.signalledAtMs() !== undefined;
  const max = limits.max ?? (plan.dryRun ? DRY_RUN_MAX : undefined);
  const isFairDay = isFair(act) && keepsLeases(act) && !isCapped;
  // A stop does not wait long for the end to be recorded.
  const isUnrecorded = isSignalled && because === "error" && !seen.isRecorded;
  const deleted = seen.deleted - seen.confirmedStale;
  const settled = report.loaded + report.duplicates + report.rejected;
  const ends: string[] = [];
  const must = (holds: boolean, otherwise: string): void => {
    if (!holds) ends.push(otherwise);
  };

  must(
    report.received === settled + report.released + report.in_doubt,
    "received is not loaded + duplicates + rejected + released + in_doubt",
  );
  must(report.received === received, `${received} messages were brought, received says ${report.received}`);
  must(
    Object.values(report).every((value) => typeof value !== "number" || value >= 0),
    "a count is negative",
  );
  must(
    report.rejects.reduce((sum, { count }) => sum + count, 0) === report.rejected,
    "the groups of rejects do not add up",
  );
  must(report.retries === retriesTold, `${retriesTold} retries were told, retries says ${report.retries}`);
  must(report.deleted + report.delete_failed <= settled, "more was to be deleted than has an outcome");
  const toDelete = report.loaded + report.duplicates + (plan.quarantine ? report.rejected : 0);
  must(
    seen.hasRepeats || plan.dryRun || report.deleted + report.delete_failed === toDelete,
    `${toDelete} were to be deleted, deleted and delete_failed do not say so`,
  );
  must(
    isKilled ? report.batches <= seen.statements : report.batches === seen.statements,
    `${seen.statements} statements were sent, batches says ${report.batches}`,
  );
  must(
    report.deleted <= deleted && (isKilled || report.deleted >= deleted - seen.cameBack),
    `${deleted} deletes were confirmed, deleted says ${report.deleted}`,
  );
  must(
    limits.max === undefined || report.received <= limits.max,
    `more than --max ${limits.max} were received`,
  );

  must(
    (report.error !== undefined) === (because === "error"),
    "it has an error and another reason, or the other way round",
  );
  must(report.error?.code !== "internal", "an unexpected error");
  must(report.error?.kind !== "usage", "a usage error");
  must(
    report.error?.kind !== "failed" || act.outages.some(({ what }) => FATAL_OUTAGES.includes(what)),
    `failed (${report.error?.code}) where nothing is wrong for good`,
  );
  must(
    report.error === undefined || !isFairDay || (isUnrecorded && report.error.code === "timed_out"),
    `an error (${report.error?.code}) on a fair day`,
  );
  must(because !== "signal" || isSignalled, "stopped by a signal that nobody gave");
  must(because !== "max" || report.received === max, "stopped for --max without having reached it");
  must(
    because !== "max-duration" || report.duration_ms >= (limits.maxDurationMs ?? Number.POSITIVE_INFINITY),
    "stopped for --max-duration too early",
  );
  must(
    because !== "rejects" ||
      (limits.rejectsInARow <= MOST_MESSAGES && report.received >= limits.rejectsInARow),
    "stopped for its rejects without so many",
  );
  must(
    report.in_doubt === 0 || isKilled || (because === "error" && losesAnswers(act)),
    `${report.in_doubt} in doubt without a reason`,
  );
  must(
    report.released === 0 ||
      plan.dryRun ||
      ["signal", "error", "max-duration", "rejects"].includes(because) ||
      // Behind a reject in its group.
      (process.fifo && !plan.quarantine && report.rejected > 0),
    `${report.released} released without a reason`,
  );
  must(report.delete_failed === 0 || isKilled || !isFairDay, "deletes failed on a fair day");
  must(
    !plan.dryRun || seen.storeCalls + seen.askedToDelete.size + report.loaded === 0,
    "a dry run that acts",
  );
  if (!isKilled) {
    must(
      plan.dryRun || seen.isRecorded || because === "error",
      "a run that could not be written down calls itself good",
    );
    must(
      witness.underWay() <= (isUnrecorded ? 1 : 0),
      `${witness.underWay()} calls are under way after the report`,
    );
    must(process.pending() === 0, `${process.pending()} timers are left after the report`);
  }
  return ends;
}

/** Whether nobody may know what became of a statement. */
export function losesAnswers({ store: { lostBefore, lostAfter, lostLate } }: ActPlan): boolean {
  return [lostBefore, lostAfter, lostLate].some((chance) => (chance ?? 0) > 0);
}

/** Within what time of the last thing that befell it a run ends, in milliseconds. */
export function longestEnding(busyMs: number, faults: number): number {
  return 6 * 60_000 + busyMs + faults * 70_000;
}
