import { resolveSettings } from "../../config/resolve.js";
import { rejectsInARowFor } from "../../drain/limits.js";
import { replay } from "../../rejects/replay.js";
import type { Command, CommonFlags } from "../context.js";
import { exitCodeOfRun } from "../exit-code.js";
import { repeatedFlags } from "../flags/repeat.js";
import { writeResult } from "../output.js";
import { createRunDisplay } from "../run-display.js";
import { renderReplayReport } from "../terminal/replay-summary.js";

export interface ReplayFlags extends CommonFlags {
  readonly max?: number;
  readonly code?: string;
  readonly batchSize: number;
  readonly dryRun?: boolean;
  readonly rotate?: boolean;
  readonly maxRejects: number;
}

export const replayCommand: Command<ReplayFlags> = async (input) => {
  const { flags, context, log } = input;
  const { env, cwd, clock, signals } = context;
  const settings = await resolveSettings({
    flags,
    env,
    cwd,
    stop: signals.stop,
    needs: { database: true, key: "to-open" },
  });
  for (const notice of settings.notices) log.warn(notice);

  const display = await createRunDisplay(input);
  const report = await replay(settings, {
    max: flags.max,
    code: flags.code,
    batchSize: flags.batchSize,
    rejectsInARow: rejectsInARowFor(flags.maxRejects),
    dryRun: flags.dryRun === true,
    rotate: flags.rotate === true,
    stop: signals.stop,
    kill: signals.kill,
    onEvent: display.onEvent,
    env,
    clock,
  }).finally(display.stop);

  writeResult(
    report,
    (look) => renderReplayReport(report, { ...look, sameFlags: repeatedFlags(flags) }),
    flags,
    context,
  );
  if (report.error !== undefined) log.error(report.error.message);
  return exitCodeOfRun(report, flags.maxRejects, signals);
};
