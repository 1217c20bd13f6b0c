import type { QueueCounters, RedrivePolicy } from "../fetcher/queue.js";
import type { Reject } from "../reject.js";
import type { PlainValue, Warning } from "../row.js";

/** One message as `peek` shows it: as the row that it would become, or why it would be rejected. */
export interface PeekedMessage {
  readonly message_id: string;
  /** ISO 8601, UTC. */
  readonly sent_at: string;
  readonly receive_count: number;
  readonly group_id: string | null;
  /** By column; null for a reject and with `raw`. */
  readonly row: Readonly<Record<string, PlainValue>> | null;
  readonly reject: Reject | null;
  readonly warnings: readonly Warning[];
  /** Only with `raw`. */
  readonly body?: string;
}

export interface PeekResult {
  readonly queue: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly fifo: boolean;
  readonly counters: QueueCounters;
  readonly redrive_policy: RedrivePolicy | null;
  readonly messages: readonly PeekedMessage[];
  /** Messages that could not be given back at once: they reappear when their visibility timeout ends. */
  readonly not_released: number;
  /** Message ids that the next receive may move to the dead-letter queue. */
  readonly near_redrive: readonly string[];
}
