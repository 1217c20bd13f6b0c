import { mergeReports } from "../../drain/merge-reports.js";
import type { DrainReport } from "../../drain/report.js";
import { InterruptedError } from "../../errors.js";
import type { Failure, Outcome } from "./member.js";

export interface ConcludeOptions {
  readonly max: number | undefined;
  readonly isInterrupted: boolean;
  /** The first one in time. */
  readonly failure: Failure | undefined;
}

/** The one report of all; throws as one process would where none of them got to receiving. */
export function concluded(
  outcomes: readonly Outcome[],
  { failure, ...options }: ConcludeOptions,
): DrainReport {
  const [first, ...rest] = outcomes.flatMap(({ report }) => report ?? []);
  if (first === undefined) throw failure?.thrown ?? new InterruptedError();
  const isPartial = rest.length + 1 < outcomes.length;
  return mergeReports([first, ...rest], { ...options, isPartial, error: failure?.error });
}
