import type { QueueAttributes, RedrivePolicy } from "../queue.js";
import { wholeNumber } from "./wire/received-message.js";

/** SQS's defaults (CreateQueue), for an emulator that leaves them out. */
const DEFAULT_VISIBILITY_SECONDS = 30;
const DEFAULT_MAXIMUM_MESSAGE_BYTES = 1_048_576;

/**
 * Reads GetQueueAttributes' answer
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html). Undefined
 * without ApproximateNumberOfMessages: a queue must not look empty because an answer was not understood.
 */
export function parseAttributes(
  raw: Readonly<Partial<Record<string, string>>>,
  queueName: string,
): QueueAttributes | undefined {
  const visible = wholeNumber(raw["ApproximateNumberOfMessages"]);
  if (visible === undefined) return undefined;
  return {
    visible,
    in_flight: wholeNumber(raw["ApproximateNumberOfMessagesNotVisible"]) ?? 0,
    delayed: wholeNumber(raw["ApproximateNumberOfMessagesDelayed"]) ?? 0,
    arn: raw["QueueArn"],
    fifo: raw["FifoQueue"] === "true" || queueName.endsWith(".fifo"),
    visibilitySeconds: wholeNumber(raw["VisibilityTimeout"]) ?? DEFAULT_VISIBILITY_SECONDS,
    maximumMessageBytes: wholeNumber(raw["MaximumMessageSize"]) ?? DEFAULT_MAXIMUM_MESSAGE_BYTES,
    redrivePolicy: parseRedrivePolicy(raw["RedrivePolicy"]),
  };
}

/** `{"deadLetterTargetArn": "...", "maxReceiveCount": 5}`, the count also as a string, as some tools write it. */
export function parseRedrivePolicy(text: string | undefined): RedrivePolicy | undefined {
  const policy = parseObject(text);
  const deadLetterTargetArn = policy?.["deadLetterTargetArn"];
  const maxReceiveCount = wholeNumber(policy?.["maxReceiveCount"]);
  if (typeof deadLetterTargetArn !== "string" || deadLetterTargetArn === "") return undefined;
  if (maxReceiveCount === undefined || maxReceiveCount === 0) return undefined;
  return { deadLetterTargetArn, maxReceiveCount };
}

function parseObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}
