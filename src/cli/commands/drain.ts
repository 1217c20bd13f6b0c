import { resolveSettings } from "../../config/resolve.js";
import { drain } from "../../drain/drain.js";
import { rejectsInARowFor } from "../../drain/limits.js";
import type { Command, CommonFlags } from "../context.js";
import { exitCodeOfRun } from "../exit-code.js";
import { repeatedFlags } from "../flags/repeat.js";
import { keepHeapLean } from "../lean-heap.js";
import { writeResult } from "../output.js";
import { watchPendingMigrations } from "../pending-migrations.js";
import { createRunDisplay } from "../run-display.js";
import { renderDrainReport } from "../terminal/drain-summary.js";

export interface DrainFlags extends CommonFlags {
  readonly max?: number;
  /** Milliseconds. */
  readonly maxDuration?: number;
  readonly batchSize: number;
  readonly concurrency: number;
  /** Seconds. */
  readonly wait: number;
  /** Seconds. */
  readonly visibility: number;
  readonly dryRun?: boolean;
  readonly onReject?: "leave" | "quarantine";
  readonly rotate?: boolean;
  readonly sdkOnly?: boolean;
  readonly maxRejects: number;
}

export const drainCommand: Command<DrainFlags> = async (input) => {
  const { flags, context, log } = input;
  const { env, cwd, clock, signals } = context;
  keepHeapLean();
  const { dryRun = false, onReject = "leave" } = flags;
  const settings = await resolveSettings({
    flags,
    env,
    cwd,
    stop: signals.stop,
    needs: { database: !dryRun, key: onReject === "quarantine" ? "to-seal" : "for-masks" },
  });
  for (const notice of settings.notices) log.warn(notice);

  const pending = watchPendingMigrations(settings, context);
  const display = createRunDisplay(input);
  const report = await drain(settings, {
    limits: {
      max: flags.max,
      maxDurationMs: flags.maxDuration,
      batchSize: flags.batchSize,
      concurrency: flags.concurrency,
      waitSeconds: flags.wait,
      visibilitySeconds: flags.visibility,
      rejectsInARow: rejectsInARowFor(flags.maxRejects),
    },
    dryRun,
    onReject,
    rotate: flags.rotate === true,
    sdkOnly: flags.sdkOnly === true,
    stop: signals.stop,
    kill: signals.kill,
    onEvent: display.onEvent,
    onWarning: log.warn,
    env,
    clock,
  })
    .finally(display.stop)
    .then(async (finished) => {
      // The database has answered the run: it answers this, too.
      if (finished.error === undefined && !signals.stop.aborted) await pending.done;
      return finished;
    })
    .finally(() => {
      const notice = pending.notice();
      if (notice !== undefined) log.warn(notice);
    });

  const rejectsTable = `${settings.bookkeepingSchema}.rejects`;
  writeResult(
    report,
    (look) => renderDrainReport(report, { ...look, onReject, rejectsTable, sameFlags: repeatedFlags(flags) }),
    flags,
    context,
  );
  if (report.error !== undefined) log.error(report.error.message);
  return exitCodeOfRun(report, flags.maxRejects, signals);
};
