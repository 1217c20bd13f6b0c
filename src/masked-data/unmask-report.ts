import { type ErrorKind, Sqs2pgError } from "../errors.js";
import type { Unmasked } from "./unmask-outcome.js";

/** What an unmasking did. Its field names are the JSON's and stay as they are. */
export interface UnmaskReport {
  /**
   * `done`: all that was given. `limit`: as many rows as were asked for. `reader`: nobody takes the values any more.
   */
  readonly stopped_because: "done" | "limit" | "reader" | "signal" | "error";
  /** Present when stopped_because is `error`. */
  readonly error?: { readonly kind: ErrorKind; readonly code: string; readonly message: string };
  /** Values that were handed out in the clear; NULLs count as nothing. */
  readonly values_done: number;
  readonly values_failed: number;
  /** By code, the most frequent first. */
  readonly failures: readonly { readonly code: string; readonly count: number }[];
  /** The id of its entry in the unmask log; null without a database. */
  readonly log_entry: number | null;
}

/** Counts outcomes. */
export interface UnmaskTally {
  note(outcome: Unmasked): void;
  readonly done: number;
  readonly failed: number;
  failures(): UnmaskReport["failures"];
}

export function createUnmaskTally(): UnmaskTally {
  const codes = new Map<string, number>();
  let done = 0;
  let failed = 0;
  return {
    note: (outcome) => {
      if ("value" in outcome) {
        done += 1;
        return;
      }
      failed += 1;
      const { code } = outcome.failure;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    },
    get done() {
      return done;
    },
    get failed() {
      return failed;
    },
    failures: () =>
      [...codes].map(([code, count]) => ({ code, count })).sort((one, other) => other.count - one.count),
  };
}

/** An error as a report has it; what was not foreseen says nothing about itself. */
export function reportedError(error: unknown): NonNullable<UnmaskReport["error"]> {
  if (!(error instanceof Sqs2pgError)) {
    return {
      kind: "failed",
      code: "internal",
      message: "an unexpected error: run with --log-level debug to see where",
    };
  }
  const { kind, code, message } = error;
  return { kind, code, message };
}
