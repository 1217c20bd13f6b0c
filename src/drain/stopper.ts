import type { RunError, StoppedBecause } from "./report.js";
import { runErrorOf } from "./run-error.js";

/** Why a run ends: the first reason counts, being cut off before that, and an error before all others. */
export interface Stopper {
  /** Aborted as soon as nothing more is to be received. */
  readonly signal: AbortSignal;
  /** Ends receiving. */
  stop(because: StoppedBecause): void;
  /** The same; an end that was only noted is not got to. Answers whether this is the reason now and was not before. */
  stopShort(because: StoppedBecause): boolean;
  /** Ends the run at once: whatever the reason was before, it did not get to its end. */
  cutOff(because: StoppedBecause): void;
  /** Notes a reason without cutting off what is being received. */
  note(because: StoppedBecause): void;
  /** Ends the run with an error; the first one is kept. */
  fail(error: unknown): void;
  hasFailed(): boolean;
  because(): StoppedBecause;
  /** What ended receiving, whatever had been noted before. */
  endedBy(): StoppedBecause | undefined;
  error(): RunError | undefined;
}

export function createStopper(onFailure: (error: unknown) => void): Stopper {
  const controller = new AbortController();
  let first: StoppedBecause | undefined;
  let noted: StoppedBecause | undefined;
  let ended: StoppedBecause | undefined;
  let failure: { readonly error: unknown } | undefined;

  return {
    signal: controller.signal,
    stop: (because) => {
      first ??= because;
      ended ??= because;
      controller.abort();
    },
    stopShort: (because) => {
      const counts = failure === undefined && (first === undefined || first === noted);
      if (counts) first = because;
      controller.abort();
      return counts;
    },
    cutOff: (because) => {
      first = because;
      controller.abort();
    },
    note: (because) => {
      noted = because;
      first ??= because;
    },
    fail: (error) => {
      if (failure === undefined) onFailure(error);
      failure ??= { error };
      controller.abort();
    },
    hasFailed: () => failure !== undefined,
    endedBy: () => ended,
    because: () => (failure === undefined ? (first ?? "empty") : "error"),
    error: () => (failure === undefined ? undefined : runErrorOf(failure.error)),
  };
}
