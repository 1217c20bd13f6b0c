import type { Clock } from "../../clock.js";
import type { DrainEvent, Progress } from "../../drain/events.js";
import { reportOfLost } from "../../drain/lost-report.js";
import type { DrainReport, RunError } from "../../drain/report.js";
import { runErrorOf } from "../../drain/run-error.js";
import { InterruptedError, ProcessError } from "../../errors.js";
import type { ToldEvent } from "./protocol.js";
import { unpackError } from "./sent-error.js";
import type { ChildEnd } from "./start-child.js";

const COMES_BACK =
  "what it had in hand comes back after its visibility timeout and none of it is lost: run the same command again";

export interface Failure {
  /** Fit to be shown. */
  readonly error: RunError;
  /** The same to be thrown, unless a report has it. */
  readonly thrown: Error | undefined;
}

/** What has become of the run of one process: with neither it was interrupted before it received anything. */
export interface Outcome {
  readonly report: DrainReport | undefined;
  readonly failure: Failure | undefined;
}

/** Keeps what the run of one process has told so far. */
export interface Member {
  note(event: ToldEvent): void;
  /** `isStopped`: it had been told to stop. `isKilled`: it had been told to end at once. */
  outcome(end: ChildEnd, told: { readonly isStopped: boolean; readonly isKilled: boolean }): Outcome;
}

/** `name`: such as `process 2 of 4`. */
export function createMember(name: string, clock: Clock): Member {
  let started: Extract<DrainEvent, { type: "started" }> | undefined;
  let startedAtMs = 0;
  let progress: Progress | undefined;

  const lost = (error: RunError | undefined): DrainReport | undefined =>
    started && reportOfLost({ started, startedAtMs, finishedAtMs: clock.now(), progress, error });

  const failed = (thrown: Error): Outcome => {
    if (thrown instanceof InterruptedError) return { report: undefined, failure: undefined };
    const error = runErrorOf(thrown);
    return { report: lost(error), failure: { error, thrown } };
  };

  return {
    note: (event) => {
      if (event.type === "progress") progress = event.progress;
      if (event.type !== "started") return;
      started = event;
      startedAtMs = clock.now();
    },
    outcome: (end, { isStopped, isKilled }) => {
      if (end.type === "report") {
        const { error } = end.report;
        return { report: end.report, failure: error && { error, thrown: undefined } };
      }
      if (end.type === "thrown") return failed(unpackError(end.error));
      // A signal for all may come before it listens; and whoever asks for an end at once gets it.
      if (isStopped && started === undefined) return { report: undefined, failure: undefined };
      if (isKilled) return { report: lost(undefined), failure: undefined };
      return failed(new ProcessError("process_died", `${name} has died (${end.how}): ${COMES_BACK}`));
    },
  };
}
