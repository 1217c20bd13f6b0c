import type { ReceivedMessage } from "../message.js";

/** How to receive: the limits are SQS's own. */
export interface ReceiveRequest {
  /** MaxNumberOfMessages, 1 to 10. */
  readonly maxMessages: number;
  /** WaitTimeSeconds, 1 to 20: always a long poll, since a short one asks a subset of the servers. */
  readonly waitSeconds: number;
  /** VisibilityTimeout, 0 to 43,200. */
  readonly visibilitySeconds: number;
}

/** One entry of a batch call that SQS did not carry out (BatchResultErrorEntry). */
export interface FailedEntry {
  /** Position in the request. */
  readonly index: number;
  /** SQS's error code, such as `ReceiptHandleIsInvalid`. */
  readonly code: string;
  /** SenderFault: the same entry will fail again. */
  readonly senderFault: boolean;
}

export interface VisibilityChange {
  readonly receiptHandle: string;
  /** Seconds from now, 0 to 43,200; 0 gives the message back. */
  readonly visibilitySeconds: number;
}

/** The three Approximate... counters: they lag by up to a minute. */
export interface QueueCounters {
  readonly visible: number;
  readonly in_flight: number;
  readonly delayed: number;
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export interface QueueAttributes extends QueueCounters {
  readonly arn: string | undefined;
  readonly fifo: boolean;
  /** VisibilityTimeout in seconds. */
  readonly visibilitySeconds: number;
  /** MaximumMessageSize in bytes. */
  readonly maximumMessageBytes: number;
  readonly redrivePolicy: RedrivePolicy | undefined;
}

/** Requests made, by what they cost: the counts of the report. */
export interface RequestCounts {
  receive: number;
  delete: number;
  extend: number;
  other: number;
}

/**
 * The queue port: what the fetcher needs of SQS and nothing more. Every method throws `QueueError`; transport errors
 * and throttling have been retried by the client before it does. Batch calls take 1 to 10 entries and answer with
 * the entries that failed: an answer is no success until that list has been read.
 */
export interface Queue {
  readonly url: string;
  /** The last part of the URL. */
  readonly name: string;
  readonly requests: Readonly<RequestCounts>;
  receive(request: ReceiveRequest, signal?: AbortSignal): Promise<ReceivedMessage[]>;
  deleteBatch(receiptHandles: readonly string[]): Promise<FailedEntry[]>;
  changeVisibilityBatch(changes: readonly VisibilityChange[]): Promise<FailedEntry[]>;
  attributes(): Promise<QueueAttributes>;
  /** Frees the sockets. */
  close(): void;
}
