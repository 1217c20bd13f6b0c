import type { ErrorClass } from "../store.js";

/**
 * What to do about an SQLSTATE: single codes first, then their class (its first two characters).
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const BY_CODE: Readonly<Record<string, ErrorClass>> = {
  // cardinality_violation: rows of one statement have the same key by the rules of the table, and not by ours.
  "21000": "data",
  // A value too large for an index entry or a tuple; the rest of class 54 is about statements.
  "54000": "data",
  // transaction_integrity_constraint_violation, the one of class 40 that comes again.
  "40002": "data",
  // Sessions that the server ended for their own timeouts.
  "25P03": "transient",
  "25P04": "transient",
  // lock_not_available
  "55P03": "transient",
  // query_canceled: a statement timeout, or somebody's pg_cancel_backend
  "57014": "transient",
  // admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout; 57P04 is a dropped database
  "57P01": "transient",
  "57P02": "transient",
  "57P03": "transient",
  "57P05": "transient",
};

const BY_CLASS: Readonly<Record<string, ErrorClass>> = {
  "08": "transient",
  // data exception, integrity constraint violation
  "22": "data",
  "23": "data",
  "40": "transient",
  // with check option violation
  "44": "data",
  // insufficient resources
  "53": "transient",
  // PL/pgSQL: what a trigger raises
  P0: "data",
};

/** Classes of the appendix that are none of the above: the set-up is at fault. */
const FATAL_CLASSES: ReadonlySet<string> = new Set(
  "00 01 02 03 09 0A 0B 0F 0L 0P 0Z 10 20 21 24 25 26 27 28 2B 2D 2F 34 38 39 3B 3D 3F 42 54 55 57 58 72 F0 HV XX".split(
    " ",
  ),
);

/** The session died with the statement under way, or the server itself does not know. */
const UNKNOWN_OUTCOME: ReadonlySet<string> = new Set(["40003", "57P01", "57P02", "57P05", "25P03", "25P04"]);

/**
 * Classifies an SQLSTATE. A class that PostgreSQL does not define can only come from a trigger's
 * `raise ... using errcode`, which is about the row.
 */
export function classifySqlState(sqlState: string): ErrorClass {
  const classOf = sqlState.slice(0, 2);
  return BY_CODE[sqlState] ?? BY_CLASS[classOf] ?? (FATAL_CLASSES.has(classOf) ? "fatal" : "data");
}

/** Whether a statement that ended with this SQLSTATE may have committed all the same. */
export function leavesOutcomeUnknown(sqlState: string): boolean {
  return sqlState.startsWith("08") || UNKNOWN_OUTCOME.has(sqlState);
}
