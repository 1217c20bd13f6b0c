import { Sqs2pgError } from "../errors.js";
import type { RunError } from "./report.js";

/** What ended a run, fit to be shown: only our own errors speak, others may quote values. */
export function runErrorOf(error: unknown): RunError {
  if (error instanceof Sqs2pgError) return { kind: error.kind, code: error.code, message: error.message };
  return { kind: "failed", code: "internal", message: "an unexpected error ended the run" };
}
