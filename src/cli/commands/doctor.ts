import { doctor } from "../../doctor/doctor.js";
import type { Command, CommonFlags } from "../context.js";
import { exitCodeOfDoctor } from "../exit-code.js";
import { outputFor, writeResult } from "../output.js";
import { createDoctorProgress } from "../terminal/doctor-progress.js";
import { renderDoctor } from "../terminal/doctor-report.js";
import { progressModeFor } from "../terminal/terminal.js";

export interface DoctorFlags extends CommonFlags {
  readonly receive?: boolean;
  readonly strict?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
}

export const doctorCommand: Command<DoctorFlags> = async ({ flags, context, log }) => {
  const { env, cwd, clock, signals } = context;
  const { stream, terminal, style } = outputFor(context.stderr, flags, env);
  const mode = progressModeFor(terminal, flags.quiet === true);
  const progress = await createDoctorProgress({ mode, stream, style });
  const report = await doctor({
    flags,
    receive: flags.receive === true,
    ...(flags.timeout === undefined ? {} : { timeoutMs: flags.timeout }),
    stop: signals.stop,
    onProgress: progress.show,
    onError: log.trace,
    env,
    cwd,
    clock,
  }).finally(progress.stop);
  writeResult(report, (look) => renderDoctor(report, look), flags, context);
  return exitCodeOfDoctor(report, { strict: flags.strict === true, signals });
};
