import type { RunReport } from "../drain/report.js";

/**
 * What a replay did. `read = loaded + duplicates + rejected + not_tried + in_doubt`, always. Its field names are the
 * JSON's and stay as they are.
 */
export interface ReplayReport extends RunReport {
  /**
   * `done`: every sealed reject that was asked for has been read. `rejects`: the database refused too many rows in a row
   * (1,000 unless the limit is another).
   */
  readonly stopped_because: "done" | "max" | "rejects" | "signal" | "error";
  /** Sealed rejects that were read. */
  readonly read: number;
  /** Loaded before, from the queue or by another replay. */
  readonly duplicates: number;
  /** They do not fit this time either, or cannot be opened: still sealed. */
  readonly rejected: number;
  /** They fit and are still sealed: a dry run, or the replay ended before. */
  readonly not_tried: number;
  /** Rejects of the queue that are sealed now; null when the database did not answer any more. */
  readonly sealed_after: number | null;
}
