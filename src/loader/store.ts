import type { TableClaims } from "../config/key-claims.js";
import type { TableName } from "../config/pipeline.js";
import type { Message } from "../message.js";
import type { Reject } from "../reject.js";
import type { Row } from "../row.js";

/** SQS numbers the messages of one group in their order; numbers of different groups say nothing about each other. */
export interface Turn {
  /** MessageGroupId */
  readonly group: string;
  /** SequenceNumber: digits. */
  readonly sequence: string;
}

/** A message with the rows that are made of it: all of them are loaded, or none is. */
export interface LoadMessage {
  /** A UUID, lower case. */
  readonly messageId: string;
  /** SentTimestamp, milliseconds since the Unix epoch. */
  readonly sentAtMs: number;
  /** ApproximateReceiveCount: how often SQS has handed it out by now. */
  readonly receiveCount: number;
  /** Of a FIFO queue: its place among the messages of its group. */
  readonly turn?: Turn;
  readonly rows: readonly Row[];
}

/** What one statement loads. */
export interface LoadBatch {
  readonly runId: string;
  /**
   * Written to the ledger as loaded_at and unique within the run (microseconds), so that a retry recognises what an
   * earlier attempt with an unknown outcome had committed. ISO 8601 in UTC.
   */
  readonly stamp: string;
  readonly messages: readonly LoadMessage[];
}

/** What became of a batch: every message of it is one or the other. */
export interface LoadCounts {
  readonly loaded: number;
  readonly duplicates: number;
  /** Rows of the loaded messages that went into tables, as new ones or over older ones. */
  readonly rows: number;
  /** Those that gave way to one with the same key. After an answer that was lost they count as rows. */
  readonly superseded: number;
}

export interface RejectRecord extends Reject {
  /** A UUID, lower case. */
  readonly messageId: string;
  readonly queue: string;
  readonly runId: string;
  /** The body's structure with every leaf replaced by its type and length. */
  readonly shape: unknown;
  /** The encrypted body, when the reject is quarantined. */
  readonly sealedBody: Buffer | null;
  readonly receiveCount: number;
  readonly sentAtMs: number;
}

export interface RunStart {
  readonly id: string;
  readonly command: "drain" | "replay";
  /** The queue's name. */
  readonly queue: string;
  /** The tables that are loaded. */
  readonly targets: readonly TableName[];
  readonly startedAtMs: number;
  readonly keyId: string | null;
  readonly version: string;
}

export interface RunEnd {
  readonly id: string;
  readonly finishedAtMs: number;
  readonly stoppedBecause: string;
  /** The report's counts. */
  readonly counters: unknown;
}

/** What to do about an error of the database; see `sqlstate.ts`. */
export type ErrorClass =
  /** The data is at fault: find the row. */
  | "data"
  /** The moment is at fault: try again on a fresh connection. */
  | "transient"
  /** Anything else: stop. */
  | "fatal";

interface StoreErrorDetails {
  /** Stable snake_case, as in `DatabaseError`; derived from sqlState when absent. */
  readonly code?: string | undefined;
  readonly sqlState?: string | undefined;
  /** The constraint or column that PostgreSQL named: identifiers of the schema, never values. */
  readonly constraint?: string | undefined;
  readonly column?: string | undefined;
  /** The table that these are of: schema.name. */
  readonly table?: string | undefined;
  /** The statement was sent and no answer came: it may have committed. Absent: it was refused, or never sent. */
  readonly outcomeUnknown?: boolean | undefined;
}

/**
 * An error of one attempt at one statement, classified. It is what the loading logic decides by; its code and message
 * are fit for a `DatabaseError` (one line, what to do, no values).
 */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly class: ErrorClass;
  readonly code: string;
  readonly sqlState: string | undefined;
  readonly constraint: string | undefined;
  readonly column: string | undefined;
  readonly table: string | undefined;
  readonly outcomeUnknown: boolean;

  constructor(classOf: ErrorClass, message: string, details: StoreErrorDetails, options?: ErrorOptions) {
    super(message, options);
    this.class = classOf;
    this.code = details.code ?? (details.sqlState ? `sqlstate_${details.sqlState}` : "database_unavailable");
    this.sqlState = details.sqlState;
    this.constraint = details.constraint;
    this.column = details.column;
    this.table = details.table;
    this.outcomeUnknown = details.outcomeUnknown ?? false;
  }
}

/**
 * The store port: single attempts at single statements; retrying and splitting happen above it. Every method throws
 * `StoreError`.
 */
export interface Store {
  /** Proves before the first receive that a batch could be loaded: throws `DatabaseError` with the remedy if not. */
  check(): Promise<void>;
  /**
   * One statement, one transaction (and before it perhaps one that was refused, and changed nothing). `isRetry`: an
   * earlier attempt at these messages with this stamp had an unknown outcome, so what it committed counts as loaded now.
   */
  load(batch: LoadBatch, attempt: { readonly isRetry: boolean }): Promise<LoadCounts>;
  /** Inserts, or updates what was seen before (last_seen, receive_count, run_id and the reason). */
  saveRejects(rejects: readonly RejectRecord[]): Promise<void>;
  startRun(run: RunStart): Promise<void>;
  finishRun(run: RunEnd): Promise<void>;
  /** Removes ledger entries that SQS can no longer redeliver; returns how many. */
  prune(): Promise<number>;
  close(): Promise<void>;
}

/** What a run masks with, as far as the database has a say in it. */
export interface KeysOfRun {
  readonly tables: readonly TableClaims[];
  /** The ids of all masking keys that are at hand. */
  readonly heldIds: readonly string[];
  /** A key that differs from the one in use replaces it; else it is refused. */
  readonly rotate: boolean;
}

/** The store that pipelines load into. */
export interface TargetStore extends Store {
  /**
   * Before the first row: writes down the keys of the run, if they are those in use. Throws UsageError `key_changed`,
   * `key_not_rotatable` and `vault_key_missing`, and `DatabaseError`.
   */
  claimKeys(keys: KeysOfRun): Promise<void>;
}

/** As those of SQS; an emulator's that is no number tells nothing of the order. */
const SEQUENCE = /^\d{1,100}$/;

/** How new a message is among others. */
export function ageOf({
  sentAtMs,
  groupId: group,
  sequenceNumber: sequence,
}: Message): Pick<LoadMessage, "sentAtMs" | "turn"> {
  const isNumbered = group !== undefined && sequence !== undefined && SEQUENCE.test(sequence);
  return isNumbered ? { sentAtMs, turn: { group, sequence } } : { sentAtMs };
}
