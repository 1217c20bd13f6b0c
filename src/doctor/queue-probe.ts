import type { FailedEntry, Queue } from "../fetcher/queue.js";
import type { Session } from "../fetcher/sqs/session.js";
import { createSqsQueue } from "../fetcher/sqs/sqs-queue.js";
import type { ReceivedMessage } from "../message.js";

export type RawAttributes = Readonly<Partial<Record<string, string>>>;

/** No queue has given this out, so no call with it can reach a message. */
const NO_HANDLE = "sqs2pg-doctor-no-receipt-handle";

/** The queue as the checks ask it. Its methods throw `QueueError` and `UsageError`. */
export interface QueueProbe {
  readonly name: string;
  readonly url: string;
  readonly region: string | undefined;
  readonly account: string | undefined;
  /** Where requests went, with its port. */
  readonly host: () => string | undefined;
  attributes(): Promise<RawAttributes>;
  /** Of another queue of the same region, by its name and account: GetQueueUrl and GetQueueAttributes. */
  attributesOf(name: string, account: string): Promise<RawAttributes>;
  /** A DeleteMessageBatch that cannot delete anything. */
  deleteNothing(): Promise<FailedEntry[]>;
  /** A ChangeMessageVisibilityBatch that cannot change anything. */
  extendNothing(): Promise<FailedEntry[]>;
  /** A ReceiveMessage for no messages, which SQS refuses: whether it says so before it looks at permissions is not documented. */
  receiveNothing(): Promise<void>;
  /** A message, which is visible to others all the while; undefined: there was none. */
  receiveOne(signal: AbortSignal): Promise<ReceivedMessage | undefined>;
}

export function createQueueProbe(session: Session, url: string): QueueProbe {
  const { client, sdk, call, context, reference } = session;
  const queue: Queue = createSqsQueue({ ...session, url, name: reference.name });
  const attributesAt = async (QueueUrl: string | undefined): Promise<RawAttributes> => {
    const answer = await call("other", "GetQueueAttributes", () =>
      client.send(new sdk.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] })),
    );
    return answer.Attributes ?? {};
  };
  return {
    ...{ name: reference.name, url },
    get region() {
      return context().region;
    },
    get account() {
      return context().account;
    },
    host: () => context().host,
    attributes: () => attributesAt(url),
    attributesOf: async (QueueName, QueueOwnerAWSAccountId) => {
      const found = await call("other", "GetQueueUrl", () =>
        client.send(new sdk.GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId })),
      );
      return attributesAt(found.QueueUrl);
    },
    deleteNothing: () => queue.deleteBatch([NO_HANDLE]),
    extendNothing: () => queue.changeVisibilityBatch([{ receiptHandle: NO_HANDLE, visibilitySeconds: 0 }]),
    receiveNothing: async () => {
      const input = { QueueUrl: url, MaxNumberOfMessages: 0, VisibilityTimeout: 0, WaitTimeSeconds: 0 };
      await call("receive", "ReceiveMessage", () => client.send(new sdk.ReceiveMessageCommand(input)));
    },
    receiveOne: async (signal) => {
      const request = { maxMessages: 1, waitSeconds: 1, visibilitySeconds: 0 };
      const [message] = await queue.receive(request, signal);
      return message;
    },
  };
}
