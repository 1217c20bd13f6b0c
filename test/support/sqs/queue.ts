import { type SqsQueue, SqsStore } from "../../../node_modules/fauxqs/dist/sqs/sqsStore.js";

export interface SendOptions {
  /** SentTimestamp, milliseconds since the Unix epoch; now, if absent. */
  readonly sentAtMs?: number;
  /** MessageGroupId: needed by a FIFO queue. */
  readonly groupId?: string;
  readonly delaySeconds?: number;
  /** Message attributes of the type String. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A message as it was sent; `deliverAgain` takes it. */
export interface SentMessage extends SendOptions {
  readonly messageId: string;
  readonly body: string;
}

export interface QueueCounts {
  readonly visible: number;
  readonly in_flight: number;
  readonly delayed: number;
}

export interface TestQueue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  /**
   * Puts bodies on the queue exactly as they are, past the wire and its checks, so that 100,000 take about a second
   * and even a body that SQS would refuse can be tried.
   */
  send(bodies: readonly string[], options?: SendOptions): SentMessage[];
  /** Delivers messages once more under their old MessageId, as SQS may: its delivery is at least once. */
  deliverAgain(messages: readonly SentMessage[]): void;
  /** Another consumer takes up to `count` messages and holds them; the function gives back what it still has. */
  hold(count: number, visibilitySeconds?: number): () => void;
  /** Exact at this moment, where SQS's own lag. */
  counts(): QueueCounts;
  /** MessageIds of all that is on the queue: visible, in flight or delayed. */
  messageIds(): string[];
  /** Their bodies. */
  bodies(): string[];
  /** How often each of them was handed out. */
  receiveCounts(): number[];
  /** A queue attribute by SQS's name. */
  attribute(name: string): string | undefined;
}

/** The test's hand on a queue of the server in this process. */
export function testQueue(queue: SqsQueue, store: SqsStore): TestQueue {
  const enqueue = (message: SentMessage): void => enqueueAs(queue, message);
  return {
    name: queue.name,
    url: queue.url,
    arn: queue.arn,
    send: (bodies, options = {}) =>
      bodies.map((body) => {
        const message = { ...options, body, messageId: crypto.randomUUID() };
        enqueue(message);
        return message;
      }),
    deliverAgain: (messages) => {
      for (const message of messages) enqueue(message);
    },
    hold: (count, visibilitySeconds = 43_200) => hold(queue, store, count, visibilitySeconds),
    counts: () => counts(queue),
    messageIds: () => allMessages(queue).map(({ messageId }) => messageId),
    bodies: () => allMessages(queue).map(({ body }) => body),
    receiveCounts: () => allMessages(queue).map(({ approximateReceiveCount }) => approximateReceiveCount),
    attribute: (attribute) => queue.attributes[attribute],
  };
}

function enqueueAs(queue: SqsQueue, sent: SentMessage): void {
  const attributes = Object.entries(sent.attributes ?? {}).map(
    ([name, value]) => [name, { DataType: "String", StringValue: value }] as const,
  );
  const message = SqsStore.createMessage(
    sent.body,
    Object.fromEntries(attributes),
    sent.delaySeconds,
    sent.groupId,
    queue.isFifo() ? sent.messageId : undefined,
  );
  message.messageId = sent.messageId;
  if (sent.sentAtMs !== undefined) message.sentTimestamp = sent.sentAtMs;
  if (queue.isFifo()) message.sequenceNumber = queue.nextSequenceNumber();
  queue.enqueue(message);
}

interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly approximateReceiveCount: number;
}

function allMessages(queue: SqsQueue): StoredMessage[] {
  const { ready, delayed, inflight } = queue.inspectMessages();
  return [...ready, ...delayed, ...inflight.map(({ message }) => message)];
}

function hold(queue: SqsQueue, store: SqsStore, count: number, visibilitySeconds: number): () => void {
  const handles: string[] = [];
  while (handles.length < count) {
    const page = queue.dequeue(Math.min(10, count - handles.length), visibilitySeconds, (arn) =>
      store.getQueueByArn(arn),
    );
    if (page.length === 0) break;
    handles.push(...page.map(({ ReceiptHandle }) => ReceiptHandle));
  }
  return () => {
    for (const handle of handles) queue.changeVisibility(handle, 0);
  };
}

function counts(queue: SqsQueue): QueueCounts {
  // Brings back what has become visible since the last receive.
  queue.processTimers();
  return {
    visible: Number(queue.getAttribute("ApproximateNumberOfMessages")),
    in_flight: Number(queue.getAttribute("ApproximateNumberOfMessagesNotVisible")),
    delayed: Number(queue.getAttribute("ApproximateNumberOfMessagesDelayed")),
  };
}
