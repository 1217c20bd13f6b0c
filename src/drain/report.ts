import type { ErrorKind } from "../errors.js";
import type { QueueCounters, RequestCounts } from "../fetcher/queue.js";

/** Why a run ended. `rejects`: more of them were left on the queue than a run keeps (20,000; FIFO 5,000). */
export type StoppedBecause = "empty" | "max" | "max-duration" | "signal" | "rejects" | "error";

/** Rejects of one kind: one line of the report. */
export interface RejectGroup {
  readonly code: string;
  readonly field: string | null;
  readonly count: number;
  readonly example_message_id: string;
}

/**
 * What a drain did. `received = loaded + duplicates + rejected + released + in_doubt`, always. Its field names are the
 * JSON's and stay as they are.
 */
export interface DrainReport {
  readonly run_id: string;
  /** The queue's name. */
  readonly queue: string;
  readonly table: string;
  /** ISO 8601, UTC. */
  readonly started_at: string;
  readonly finished_at: string;
  readonly duration_ms: number;
  readonly dry_run: boolean;
  readonly stopped_because: StoppedBecause;
  /** Present when stopped_because is `error`. */
  readonly error?: { readonly kind: ErrorKind; readonly code: string; readonly message: string };
  /** Deliveries: a message that SQS hands out twice counts twice. */
  readonly received: number;
  /** Rows committed. */
  readonly loaded: number;
  /** Dealt with before, by this run or another: loaded, or quarantined. */
  readonly duplicates: number;
  readonly rejected: number;
  /** Given back to the queue without loading. */
  readonly released: number;
  /** The run ended before the outcome was known. */
  readonly in_doubt: number;
  readonly deleted: number;
  /** To be deleted, but still on the queue: the redelivery will be a duplicate. */
  readonly delete_failed: number;
  readonly messages_per_second: number;
  readonly batches: number;
  readonly retries: number;
  readonly requests: Readonly<RequestCounts>;
  /** By column, then by code. */
  readonly warnings: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly rejects: readonly RejectGroup[];
  /** Null when the queue did not answer any more. */
  readonly queue_after: QueueCounters | null;
}
