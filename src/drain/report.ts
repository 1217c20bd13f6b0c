import type { ErrorKind } from "../errors.js";
import type { QueueCounters, RequestCounts } from "../fetcher/queue.js";

/**
 * Why a run ended. `rejects`: too many of them in a row (1,000 unless the limit is another), or more of them were left on
 * the queue than a run keeps (20,000; FIFO 5,000).
 */
export type StoppedBecause = "empty" | "max" | "max-duration" | "signal" | "rejects" | "error";

/** What ended a run: fit to be shown. */
export interface RunError {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
}

/** Rejects of one kind: one line of the report. */
export interface RejectGroup {
  readonly code: string;
  readonly field: string | null;
  readonly count: number;
  readonly example_message_id: string;
}

/** What the reports of all kinds of run have in common. */
export interface RunReport {
  readonly run_id: string;
  /** The queue's name. */
  readonly queue: string;
  readonly table: string;
  /** ISO 8601, UTC. */
  readonly started_at: string;
  readonly finished_at: string;
  readonly duration_ms: number;
  readonly dry_run: boolean;
  readonly stopped_because: string;
  /** Present when stopped_because is `error`. */
  readonly error?: RunError;
  /** Rows committed. */
  readonly loaded: number;
  readonly duplicates: number;
  /** Rows that went into tables, new or over older ones. */
  readonly rows: number;
  /** Rows that gave way to one with the same key, which was there before or is newer. */
  readonly superseded: number;
  readonly rejected: number;
  /** The run ended before the outcome was known. */
  readonly in_doubt: number;
  /** Statements that load. */
  readonly batches: number;
  readonly retries: number;
  /** By column, then by code. */
  readonly warnings: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly rejects: readonly RejectGroup[];
}

/**
 * What a drain did. `received = loaded + duplicates + rejected + released + in_doubt`, always. Its field names are the
 * JSON's and stay as they are.
 */
export interface DrainReport extends RunReport {
  /** The ids of all runs, where several processes drained side by side; the first is `run_id`. */
  readonly runs?: readonly string[];
  readonly stopped_because: StoppedBecause;
  /** Deliveries: a message that SQS hands out twice counts twice. */
  readonly received: number;
  /** Loaded before, by this run or another, or delivered again after this run had dealt with them. */
  readonly duplicates: number;
  /** Given back to the queue without loading. */
  readonly released: number;
  readonly deleted: number;
  /** To be deleted, but still on the queue: the redelivery will be a duplicate (one that is quarantined is rejected again). */
  readonly delete_failed: number;
  /** Received ones, until the last of them was settled: without the waits that find out that the queue is empty. */
  readonly messages_per_second: number;
  readonly requests: Readonly<RequestCounts>;
  /** Null when the queue did not answer any more. */
  readonly queue_after: QueueCounters | null;
}
