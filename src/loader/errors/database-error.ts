import { DatabaseError } from "../../errors.js";
import { StoreError } from "../store.js";

/** The end of trying: what a `StoreError` means for the run. */
export function toDatabaseError(error: StoreError): DatabaseError {
  const kind = error.class === "transient" ? "unavailable" : "failed";
  return new DatabaseError(kind, error.code, error.message, { cause: error, sqlState: error.sqlState });
}

/** Anything that a store threw as a `StoreError`: a mistake of ours is fatal, and says nothing about the outcome. */
export function asStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  return new StoreError(
    "fatal",
    "the database could not be used, for a reason not foreseen: --log-level debug shows it",
    { code: "database_error", outcomeUnknown: true },
    { cause: error },
  );
}
