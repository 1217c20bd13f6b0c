import type { Reject } from "../../reject.js";
import type { StoreError } from "../store.js";

/** What a refused row did wrong, in words that hold nothing of it. */
const REASONS: Readonly<Record<string, string>> = {
  "21000":
    "a row of the same statement has the same key by the table's rules, or one of its triggers refused the row",
  "22001": "a value is longer than its column allows",
  "22003": "a number is out of its column's range",
  "22007": "a date or time is not valid",
  "22008": "a date or time is out of range",
  "22021": "a text holds characters that the database's encoding cannot hold",
  "22P02": "a value is not valid for its column's type",
  "22P05": "a text holds characters that the database's encoding cannot hold",
  "23502": "a column that must have a value has none",
  "23503": "a foreign key refers to a row that does not exist",
  "23505": "a row with the same unique key exists already",
  "23514": "a check constraint does not allow the row",
  "23P01": "an exclusion constraint does not allow the row",
  "42501": "row-level security does not allow the row",
  "44000": "the view's check option does not allow the row",
  "54000": "a value is too large to be stored or indexed",
  P0001: "a trigger refused the row",
};

const BY_CLASS: Readonly<Record<string, string>> = {
  "22": "the database refused a value of the row",
  "23": "a constraint does not allow the row",
};

/** The reject that a row becomes when the database refuses it for its data. */
export function rejectOf(error: StoreError): Reject {
  const sqlState = error.sqlState ?? "unknown";
  return {
    stage: "load",
    code: `sqlstate_${sqlState}`,
    field: error.constraint ?? error.column ?? null,
    reason:
      REASONS[sqlState] ??
      BY_CLASS[sqlState.slice(0, 2)] ??
      "the database or one of its triggers refused the row",
  };
}
