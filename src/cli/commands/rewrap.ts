import { resolveSettings } from "../../config/resolve.js";
import { rewrap } from "../../masked-data/rewrap.js";
import type { Command, CommonFlags } from "../context.js";
import { exitCodeOfRewrap } from "../exit-code.js";
import { writeResult } from "../output.js";
import { createRunDisplay } from "../run-display.js";
import { renderRewrapReport } from "../terminal/rewrap-summary.js";

export interface RewrapFlags extends CommonFlags {
  readonly batchSize: number;
  readonly dryRun?: boolean;
  readonly rotate?: boolean;
}

export const rewrapCommand: Command<RewrapFlags> = async (input) => {
  const { flags, context, log } = input;
  const { env, cwd, clock, signals } = context;
  const settings = await resolveSettings({
    flags,
    env,
    cwd,
    needs: { database: true, key: "for-masks", pipelines: "table" },
    stop: signals.stop,
  });
  for (const notice of settings.notices) log.warn(notice);

  const display = await createRunDisplay(input);
  const report = await rewrap(settings, {
    batchSize: flags.batchSize,
    dryRun: flags.dryRun === true,
    rotate: flags.rotate === true,
    stop: signals.stop,
    kill: signals.kill,
    onEvent: display.onEvent,
    env,
    clock,
  }).finally(display.stop);

  writeResult(report, (look) => renderRewrapReport(report, look), flags, context);
  if (report.error !== undefined) log.error(report.error.message);
  return exitCodeOfRewrap(report, signals);
};
