import type { RunError } from "../drain/report.js";
import type { MaskName } from "../masking/index.js";

/** Values that stay under another key, for one reason. */
export interface LeftValues {
  /**
   * `key_not_held`, `tampered`, `not_masked`, `value_has_another_token`, `not_updated` (somebody else holds the row, or a
   * trigger keeps it), `sqlstate_23505`, ...
   */
  readonly code: string;
  /** Null: it names none. */
  readonly key_id: string | null;
  readonly count: number;
}

/** What became of one place; in a dry run what would. */
export interface Rewrapped {
  /** Values whose change was confirmed. */
  readonly rewrapped: number;
  /** What the last look at all of them has found; when it was cut short, as far as it got. */
  readonly left: readonly LeftValues[];
}

export interface RewrappedColumn extends Rewrapped {
  readonly column: string;
  readonly strategy: MaskName;
}

export interface RewrappedVault extends Rewrapped {
  readonly domain: string;
}

/** Why the values of a column cannot be brought under another key. */
export interface FixedColumn {
  readonly column: string;
  readonly strategy: MaskName;
  readonly reason: string;
}

/** A run that may be under way with another first key, or was killed in the last 14 days. */
export interface ReportedRun {
  readonly run_id: string;
  readonly key_id: string | null;
  /** ISO 8601, UTC. */
  readonly started_at: string;
}

/** The end of a rewrap; its field names are the JSON's. */
export interface RewrapReport {
  readonly table: string;
  /** What is rewrapped is under these keys now: the first masking key, and the first public key. */
  readonly key_id: string | null;
  readonly public_key_id: string | null;
  readonly dry_run: boolean;
  readonly stopped_because: "done" | "signal" | "error";
  readonly duration_ms: number;
  readonly columns: readonly RewrappedColumn[];
  readonly vault: readonly RewrappedVault[];
  /** Of the pipeline's queue. */
  readonly rejects: Rewrapped;
  /** Masked columns that stay as they are. */
  readonly not_rewrappable: readonly FixedColumn[];
  /** Keys on the list that nothing in this database needs any more to be read. */
  readonly dispensable_keys: readonly string[];
  /** What they mask with now may be dispensable once they have ended, and a further rewrap has found nothing. */
  readonly unfinished_runs: readonly ReportedRun[];
  readonly error?: RunError;
}
