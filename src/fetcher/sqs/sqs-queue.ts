import type { BatchResultErrorEntry, ReceiveMessageCommandInput, SQSClient } from "@aws-sdk/client-sqs";
import type { CallContext } from "../../aws/description.js";
import { QueueError } from "../../errors.js";
import type { ReceivedMessage } from "../../message.js";
import type { FailedEntry, Queue, RequestCounts } from "../queue.js";
import type { AbortBy } from "./abortable.js";
import { parseAttributes } from "./attributes.js";
import type { Call } from "./call.js";
import { UNREADABLE } from "./error-table.js";
import { parseMessage } from "./received-message.js";
import type { Sdk } from "./sdk.js";

export interface SqsQueueOptions {
  readonly sdk: Sdk;
  readonly client: SQSClient;
  readonly abortBy: AbortBy;
  readonly call: Call;
  readonly context: () => Omit<CallContext, "action">;
  readonly requests: RequestCounts;
  readonly url: string;
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** The queue port on the AWS SDK's client. */
export function createSqsQueue(options: SqsQueueOptions): Queue {
  const { sdk, client, abortBy, call, context, requests, url, name, now } = options;
  const unreadable = (action: string): QueueError =>
    new QueueError("failed", UNREADABLE.code, UNREADABLE.message({ ...context(), action }));

  return {
    url,
    name,
    requests,

    receive: async ({ maxMessages, waitSeconds, visibilitySeconds }, signal) => {
      const input: ReceiveMessageCommandInput = {
        QueueUrl: url,
        MaxNumberOfMessages: maxMessages,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      };
      if (signal !== undefined) abortBy(input, signal);
      const answer = await call("receive", "ReceiveMessage", () =>
        client.send(new sdk.ReceiveMessageCommand(input)),
      );
      const receivedAtMs = now();
      const messages: ReceivedMessage[] = [];
      const raws = entriesOf(answer.Messages);
      // Not the same as no messages: some may have been handed out.
      if (raws.length !== (answer.Messages ?? []).length) throw unreadable("ReceiveMessage");
      // More than were asked for are not ours: `--max` is exact, and they come back by themselves.
      for (const raw of raws.slice(0, maxMessages)) {
        const message = parseMessage(raw, receivedAtMs);
        if (message === undefined) throw unreadable("ReceiveMessage");
        messages.push(message);
      }
      return messages;
    },

    deleteBatch: async (receiptHandles) => {
      const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      const answer = await call("delete", "DeleteMessageBatch", () =>
        client.send(new sdk.DeleteMessageBatchCommand({ QueueUrl: url, Entries })),
      );
      return failedEntries(Entries.length, answer);
    },

    changeVisibilityBatch: async (changes) => {
      const Entries = changes.map(({ receiptHandle, visibilitySeconds }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: visibilitySeconds,
      }));
      const answer = await call("extend", "ChangeMessageVisibilityBatch", () =>
        client.send(new sdk.ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries })),
      );
      return failedEntries(Entries.length, answer);
    },

    attributes: async () => {
      const answer = await call("other", "GetQueueAttributes", () =>
        client.send(new sdk.GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] })),
      );
      const attributes = parseAttributes(answer.Attributes ?? {}, name);
      if (attributes === undefined) throw unreadable("GetQueueAttributes");
      return attributes;
    },

    close: () => client.destroy(),
  };
}

interface BatchAnswer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?: readonly BatchResultErrorEntry[] | undefined;
}

/**
 * The entries that SQS did not confirm: those under `Failed`, and those that are in neither list
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html: a call can
 * answer with HTTP 200 and hold both).
 */
function failedEntries(count: number, { Successful, Failed }: BatchAnswer): FailedEntry[] {
  const open = new Set(Array.from({ length: count }, (_, index) => index));
  for (const { Id } of entriesOf(Successful)) open.delete(Number(Id));
  const failed: FailedEntry[] = [];
  for (const { Id, Code, SenderFault } of entriesOf(Failed)) {
    const index = Number(Id);
    if (open.delete(index))
      failed.push({ index, code: Code ?? "Unknown", senderFault: SenderFault === true });
  }
  for (const index of open) failed.push({ index, code: "NotAnswered", senderFault: false });
  return failed.sort((one, other) => one.index - other.index);
}

/** A list of objects, whatever an answer holds in its place. */
function entriesOf<Entry extends object>(list: readonly Entry[] | undefined): readonly Entry[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === "object" && entry !== null) : [];
}
