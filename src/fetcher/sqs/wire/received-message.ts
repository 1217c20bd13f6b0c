import type { Message as SqsMessage } from "@aws-sdk/client-sqs";
import type { ReceivedMessage } from "../../../message.js";

const LATEST_MS = 8_640_000_000_000_000;
const NO_ATTRIBUTES: ReceivedMessage["attributes"] = Object.freeze({});

/**
 * Reads one entry of ReceiveMessage's answer
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Message.html). An emulator that leaves
 * SentTimestamp or ApproximateReceiveCount out gets the time of the receive and 1. Undefined when the id or the receipt
 * handle is missing: there is nothing that could be done with such a message. The same without a body: SQS has one, so
 * the answer was damaged on its way, and an empty body in its place would be rejected, and deleted where rejects are.
 */
export function parseMessage(message: SqsMessage, receivedAtMs: number): ReceivedMessage | undefined {
  const { MessageId: messageId, ReceiptHandle: receiptHandle, Body: body, Attributes: system } = message;
  if (!isText(messageId) || !isText(receiptHandle) || typeof body !== "string") return undefined;
  const groupId = system?.MessageGroupId;
  const sequenceNumber = system?.SequenceNumber;
  const parsed = {
    messageId,
    receiptHandle,
    body,
    sentAtMs: timestampMs(system?.SentTimestamp) ?? receivedAtMs,
    receiveCount: Math.max(1, wholeNumber(system?.ApproximateReceiveCount) ?? 1),
    attributes: message.MessageAttributes ? textAttributes(message.MessageAttributes) : NO_ATTRIBUTES,
  };
  if (!isText(groupId) && !isText(sequenceNumber)) return parsed;
  return {
    ...parsed,
    ...(isText(groupId) && { groupId }),
    ...(isText(sequenceNumber) && { sequenceNumber }),
  };
}

/** String and Number attributes, also with a custom suffix (`Number.float`); binary ones are left out. */
function textAttributes(all: NonNullable<SqsMessage["MessageAttributes"]>): ReceivedMessage["attributes"] {
  const texts: [string, string][] = [];
  for (const [name, attribute] of Object.entries(all)) {
    if (isText(attribute?.StringValue)) texts.push([name, attribute.StringValue]);
  }
  // fromEntries defines its keys, so that an attribute named __proto__ is one like any other.
  return Object.fromEntries(texts);
}

/** Within what a `Date` can hold, so that it can be formatted. */
function timestampMs(text: string | undefined): number | undefined {
  const value = wholeNumber(text);
  return value !== undefined && value <= LATEST_MS ? value : undefined;
}

/** A whole number, not negative and exact, or undefined; SQS sends numbers as text, some emulators as numbers. */
export function wholeNumber(given: unknown): number | undefined {
  const text = typeof given === "number" ? String(given) : given;
  if (typeof text !== "string" || !/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
