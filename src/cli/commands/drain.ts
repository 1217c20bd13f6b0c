import { resolveSettings, type Settings } from "../../config/resolve.js";
import { drain } from "../../drain/drain.js";
import type { OnDrainEvent } from "../../drain/events.js";
import type { DrainReport } from "../../drain/report.js";
import { UsageError } from "../../errors.js";
import type { Command, CommandInput } from "../context.js";
import { type DrainFlags, drainNeeds, drainOptions } from "../drain-options.js";
import { exitCodeOfRun } from "../exit-code.js";
import { repeatedFlags } from "../flags/repeat.js";
import { keepHeapLean } from "../lean-heap.js";
import { writeResult } from "../output.js";
import { watchPendingMigrations } from "../pending-migrations.js";
import { createRunDisplay } from "../run-display.js";
import { renderDrainReport } from "../terminal/drain-summary.js";

export const drainCommand: Command<DrainFlags> = async (input) => {
  const { flags, context, log } = input;
  const { env, cwd, signals } = context;
  const { onReject = "leave" } = flags;
  keepHeapLean();
  throwIfDryRunOfSeveral(flags);
  const settings = await resolveSettings({
    ...{ flags, env, cwd },
    stop: signals.stop,
    needs: drainNeeds(flags),
  });
  for (const notice of settings.notices) log.warn(notice);

  const pending = watchPendingMigrations(settings, context);
  const display = await createRunDisplay(input);
  const report = await drained(settings, input, display.onEvent)
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

/** By this process, or by several of which this one is none: they read the settings for themselves. */
async function drained(
  settings: Settings,
  { flags, context, log }: CommandInput<DrainFlags>,
  onEvent: OnDrainEvent,
): Promise<DrainReport> {
  const { env, clock, signals } = context;
  if (flags.processes > 1) {
    const { drainInProcesses } = await import("../processes/drain-in-processes.js");
    return drainInProcesses(flags, { signals, clock, onEvent });
  }
  return drain(settings, {
    ...drainOptions(flags),
    ...{ stop: signals.stop, kill: signals.kill },
    ...{ onEvent, onWarning: log.warn, env, clock },
  });
}

/** A dry run holds what it reads until its end, and says the same with one process. */
function throwIfDryRunOfSeveral({ dryRun, processes }: DrainFlags): void {
  if (dryRun !== true || processes === 1) return;
  throw new UsageError("dry_run_processes", "--dry-run reads with one process: leave --processes out");
}
