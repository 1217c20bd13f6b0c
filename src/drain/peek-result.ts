import type { QueueCounters, RedrivePolicy } from "../fetcher/queue.js";
import type { Reject } from "../reject.js";
import type { PlainValue, Warning } from "../row.js";

/** A row that a message would become. */
export interface PeekedRow {
  /** The place of its table among the `targets`. */
  readonly target: number;
  readonly table: string;
  /** By column. */
  readonly row: Readonly<Record<string, PlainValue>>;
}

/** One message as `peek` shows it: as the rows that it would become, or why it would be rejected. */
export interface PeekedMessage {
  readonly message_id: string;
  /** ISO 8601, UTC. */
  readonly sent_at: string;
  readonly receive_count: number;
  readonly group_id: string | null;
  /** By column; null for a reject, with `raw`, and where there are several. */
  readonly row: Readonly<Record<string, PlainValue>> | null;
  /** All of them, in all tables; none for a reject and with `raw`. */
  readonly rows: readonly PeekedRow[];
  readonly reject: Reject | null;
  readonly warnings: readonly Warning[];
  /** Only with `raw`. */
  readonly body?: string;
}

/** A table with the columns that a pipeline loads. */
export interface PeekedTarget {
  readonly table: string;
  readonly columns: readonly string[];
}

export interface PeekResult {
  readonly queue: string;
  /** All of them: `orders, order_items`. */
  readonly table: string;
  /** Of the first table. */
  readonly columns: readonly string[];
  /** One for each pipeline of the queue. */
  readonly targets: readonly PeekedTarget[];
  readonly fifo: boolean;
  readonly counters: QueueCounters;
  readonly redrive_policy: RedrivePolicy | null;
  readonly messages: readonly PeekedMessage[];
  /** Messages that could not be given back at once: they reappear when their visibility timeout ends. */
  readonly not_released: number;
  /** Message ids that the next receive may move to the dead-letter queue. */
  readonly near_redrive: readonly string[];
}
