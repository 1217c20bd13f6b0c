import { UsageError } from "../../../src/masking/index.js";

/** The UsageError that `action` throws; fails when it throws anything else, or nothing. */
export function usageErrorOf(action: () => unknown): UsageError {
  try {
    action();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error("expected a UsageError, nothing was thrown");
}
