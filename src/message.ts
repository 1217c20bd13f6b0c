/** What SQS delivered, with its attributes parsed. The receipt handle is kept by its lease, since it changes. */
export interface Message {
  /** MessageId as SQS gave it: a UUID on AWS, whatever an emulator makes elsewhere. */
  readonly messageId: string;
  readonly body: string;
  /** SentTimestamp, milliseconds since the Unix epoch. */
  readonly sentAtMs: number;
  /** ApproximateReceiveCount: 1 on the first delivery. */
  readonly receiveCount: number;
  /** MessageGroupId, on FIFO queues and fair queues. */
  readonly groupId?: string;
  /** SequenceNumber, on FIFO queues: digits that grow within a group. */
  readonly sequenceNumber?: string;
  /** String and number message attributes by name; binary ones are left out. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A message together with the receipt handle of this delivery of it. */
export interface ReceivedMessage extends Message {
  readonly receiptHandle: string;
}
