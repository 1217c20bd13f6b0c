import { resolveSettings } from "../../config/resolve.js";
import { drain } from "../../drain/drain.js";
import type { DrainEvent } from "../../drain/events.js";
import type { Command, CommonFlags } from "../context.js";
import { exitCodeOfDrain } from "../exit-code.js";
import { outputFor, writeResult } from "../output.js";
import { renderDrainReport } from "../terminal/drain-summary.js";
import { createProgress } from "../terminal/progress.js";
import { progressModeFor } from "../terminal/terminal.js";

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
  readonly maxRejects: number;
}

export const drainCommand: Command<DrainFlags> = async ({ flags, context, log }) => {
  const { env, cwd, clock, signals } = context;
  const { dryRun = false, onReject = "leave" } = flags;
  const settings = await resolveSettings({
    flags,
    env,
    cwd,
    needs: { database: !dryRun, key: onReject === "quarantine" ? "always" : "for-masks" },
  });
  for (const notice of settings.notices) log.warn(notice);

  const { stream, terminal, style } = outputFor(context.stderr, flags, env);
  const progress = createProgress({
    mode: progressModeFor(terminal, flags.quiet === true),
    stream,
    clock,
    style,
  });
  const report = await drain(settings, {
    limits: {
      max: flags.max,
      maxDurationMs: flags.maxDuration,
      batchSize: flags.batchSize,
      concurrency: flags.concurrency,
      waitSeconds: flags.wait,
      visibilitySeconds: flags.visibility,
    },
    dryRun,
    onReject,
    stop: signals.stop,
    kill: signals.kill,
    onEvent: (event) => {
      progress.onEvent(event);
      if (event.type === "failed") log.trace(event.error);
      if (event.type === "notice") log.warn(event.message);
      if (event.type === "retry") log.info(retryLine(event));
    },
    onWarning: log.warn,
    env,
    clock,
  }).finally(progress.stop);

  const rejectsTable = `${settings.bookkeepingSchema}.rejects`;
  writeResult(
    report,
    (look) => renderDrainReport(report, { ...look, onReject, rejectsTable }),
    flags,
    context,
  );
  if (report.error !== undefined) log.error(report.error.message);
  return exitCodeOfDrain(report, flags.maxRejects, signals);
};

function retryLine({ what, code, attempt, delay_ms }: Extract<DrainEvent, { type: "retry" }>): string {
  return `${what}: ${code}, attempt ${attempt + 1} in ${delay_ms} ms`;
}
