import type { SQSClient } from "@aws-sdk/client-sqs";
import type { CallContext } from "../../aws/description.js";
import type { Queue, RequestCounts } from "../queue.js";
import type { AbortBy } from "./abortable.js";
import { parseAttributes } from "./attributes.js";
import type { Call } from "./call.js";
import type { Sdk } from "./sdk.js";
import { unreadable } from "./unreadable.js";
import { failedEntries, readMessages } from "./wire/answers.js";
import { deleteInput, receiveInput, visibilityInput } from "./wire/inputs.js";

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

  return {
    url,
    name,
    requests,

    receive: async (request, signal) => {
      const input = receiveInput(url, request);
      if (signal !== undefined) abortBy(input, signal);
      const answer = await call("receive", "ReceiveMessage", () =>
        client.send(new sdk.ReceiveMessageCommand(input)),
      );
      const messages = readMessages(answer, request.maxMessages, now());
      if (messages === undefined) throw unreadable({ ...context(), action: "ReceiveMessage" });
      return messages;
    },

    deleteBatch: async (receiptHandles) => {
      const answer = await call("delete", "DeleteMessageBatch", () =>
        client.send(new sdk.DeleteMessageBatchCommand(deleteInput(url, receiptHandles))),
      );
      return failedEntries(receiptHandles.length, answer);
    },

    changeVisibilityBatch: async (changes) => {
      const answer = await call("extend", "ChangeMessageVisibilityBatch", () =>
        client.send(new sdk.ChangeMessageVisibilityBatchCommand(visibilityInput(url, changes))),
      );
      return failedEntries(changes.length, answer);
    },

    attributes: async () => {
      const answer = await call("other", "GetQueueAttributes", () =>
        client.send(new sdk.GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] })),
      );
      const attributes = parseAttributes(answer.Attributes ?? {}, name);
      if (attributes === undefined) throw unreadable({ ...context(), action: "GetQueueAttributes" });
      return attributes;
    },

    close: () => client.destroy(),
  };
}
