import type { DoctorReport } from "../doctor/report.js";
import type { RunReport } from "../drain/report.js";
import { type ErrorKind, InterruptedError, Sqs2pgError } from "../errors.js";
import type { RewrapReport } from "../masked-data/rewrap-report.js";
import type { UnmaskReport } from "../masked-data/unmask-report.js";
import type { Signals } from "./context.js";

/** The exit codes; a signal's is 128 and its number (130 for SIGINT, 143 for SIGTERM). */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Done, but with more rejects than allowed. */
  rejects: 3,
  /** `audit`: a masked column can be guessed by anyone, or holds values that are not masked. */
  atRisk: 3,
  /** EX_TEMPFAIL of sysexits.h: try again later. */
  unavailable: 75,
} as const;

const BY_KIND: Readonly<Record<ErrorKind, number>> = {
  usage: EXIT.usage,
  unavailable: EXIT.unavailable,
  failed: EXIT.failed,
};

export function exitCodeOfError(error: unknown, signals: Signals): number {
  if (error instanceof InterruptedError) return signals.exitCode() ?? EXIT.failed;
  return error instanceof Sqs2pgError ? BY_KIND[error.kind] : EXIT.failed;
}

export function exitCodeOfRun(report: RunReport, maxRejects: number, signals: Signals): number {
  if (report.error !== undefined) return BY_KIND[report.error.kind];
  if (report.stopped_because === "signal") return signals.exitCode() ?? EXIT.failed;
  const isStoppedByThem = report.stopped_because === "rejects";
  return isStoppedByThem || report.rejected > maxRejects ? EXIT.rejects : EXIT.done;
}

/** What could not be rewrapped is a failure, though all the rest was. */
export function exitCodeOfRewrap(report: RewrapReport, signals: Signals): number {
  if (report.error !== undefined) return report.error.kind === "unavailable" ? EXIT.unavailable : EXIT.failed;
  if (report.stopped_because === "signal") return signals.exitCode() ?? EXIT.failed;
  const isLeft = [...report.columns, ...report.vault, report.rejects].some(({ left }) => left.length > 0);
  return isLeft ? EXIT.failed : EXIT.done;
}

/** A value that could not be unmasked is a failure, though all others were. */
export function exitCodeOfUnmask(report: UnmaskReport, signals: Signals): number {
  if (report.error !== undefined) return BY_KIND[report.error.kind];
  if (report.stopped_because === "signal") return signals.exitCode() ?? EXIT.failed;
  return report.values_failed > 0 ? EXIT.failed : EXIT.done;
}

/**
 * A mistake of ours goes first, since nothing else gets better before it is corrected; it is worth trying again later
 * only where that is all that is wrong. `strict`: a warning is a failure.
 */
export function exitCodeOfDoctor(
  { checks, counts }: DoctorReport,
  { strict, signals }: { readonly strict: boolean; readonly signals: Signals },
): number {
  const interrupted = signals.exitCode();
  if (interrupted !== undefined) return interrupted;
  const kinds = checks.flatMap(({ kind }) => kind ?? []);
  const worst = (["usage", "failed", "unavailable"] as const).find((kind) => kinds.includes(kind));
  if (worst !== undefined) return BY_KIND[worst];
  return strict && counts.warning > 0 ? EXIT.failed : EXIT.done;
}
