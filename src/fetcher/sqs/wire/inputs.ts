import type {
  ChangeMessageVisibilityBatchCommandInput,
  DeleteMessageBatchCommandInput,
  ReceiveMessageCommandInput,
} from "@aws-sdk/client-sqs";
import type { ReceiveRequest, VisibilityChange } from "../../queue.js";

/** Those that are read, and no more: the others would be a tenth of every answer. */
const SYSTEM_ATTRIBUTES = [
  "SentTimestamp",
  "ApproximateReceiveCount",
  "MessageGroupId",
  "SequenceNumber",
] as const satisfies ReceiveMessageCommandInput["MessageSystemAttributeNames"];

/** ReceiveMessage's input, with all attributes of its sender: a message that is kept as a reject is kept whole. */
export function receiveInput(QueueUrl: string, request: ReceiveRequest): ReceiveMessageCommandInput {
  return {
    QueueUrl,
    MaxNumberOfMessages: request.maxMessages,
    WaitTimeSeconds: request.waitSeconds,
    VisibilityTimeout: request.visibilitySeconds,
    MessageSystemAttributeNames: [...SYSTEM_ATTRIBUTES],
    MessageAttributeNames: ["All"],
  };
}

/** DeleteMessageBatch's input. The ids are positions: equal ones would fail the whole call. */
export function deleteInput(
  QueueUrl: string,
  receiptHandles: readonly string[],
): DeleteMessageBatchCommandInput {
  return {
    QueueUrl,
    Entries: receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
  };
}

/** ChangeMessageVisibilityBatch's input; the ids are positions, too. */
export function visibilityInput(
  QueueUrl: string,
  changes: readonly VisibilityChange[],
): ChangeMessageVisibilityBatchCommandInput {
  return {
    QueueUrl,
    Entries: changes.map(({ receiptHandle, visibilitySeconds }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: visibilitySeconds,
    })),
  };
}
