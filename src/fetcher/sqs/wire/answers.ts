import type { BatchResultErrorEntry, Message as SqsMessage } from "@aws-sdk/client-sqs";
import type { ReceivedMessage } from "../../../message.js";
import type { FailedEntry } from "../../queue.js";
import { parseMessage } from "./received-message.js";

export interface ReceiveAnswer {
  readonly Messages?: readonly SqsMessage[] | null | undefined;
}

export interface BatchAnswer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?: readonly BatchResultErrorEntry[] | undefined;
}

/**
 * The messages of ReceiveMessage's answer, at most `maxMessages`: more than were asked for are not ours (`--max` is
 * exact), and they come back by themselves. Undefined for an answer that cannot be read, which is not the same as no
 * messages: some may have been handed out.
 */
export function readMessages(
  { Messages }: ReceiveAnswer,
  maxMessages: number,
  receivedAtMs: number,
): ReceivedMessage[] | undefined {
  const entries = entriesOf(Messages);
  if (entries.length !== (Messages ?? []).length) return undefined;
  const messages: ReceivedMessage[] = [];
  for (const entry of entries.slice(0, maxMessages)) {
    const message = parseMessage(entry, receivedAtMs);
    if (message === undefined) return undefined;
    messages.push(message);
  }
  return messages;
}

/**
 * The entries that SQS did not confirm: those under `Failed`, and those that are in neither list
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html: a call can
 * answer with HTTP 200 and hold both).
 */
export function failedEntries(count: number, { Successful, Failed }: BatchAnswer): FailedEntry[] {
  const isOpen = new Array<boolean>(count).fill(true);
  for (const { Id } of entriesOf(Successful)) {
    const index = positionOf(Id);
    if (isOpen[index] === true) isOpen[index] = false;
  }
  const failed: FailedEntry[] = [];
  for (const { Id, Code, SenderFault } of entriesOf(Failed)) {
    const index = positionOf(Id);
    if (isOpen[index] !== true) continue;
    isOpen[index] = false;
    failed.push({ index, code: Code ?? "Unknown", senderFault: SenderFault === true });
  }
  for (const [index, open] of isOpen.entries()) {
    if (open) failed.push({ index, code: "NotAnswered", senderFault: false });
  }
  return failed.sort((one, other) => one.index - other.index);
}

/** Of an entry in its request; NaN for what is none: an empty id, or null, would be 0 as a number. */
function positionOf(id: unknown): number {
  return typeof id === "string" && /^\d+$/.test(id) ? Number(id) : Number.NaN;
}

/** A list of objects, whatever an answer holds in its place. */
function entriesOf<Entry extends object>(list: readonly Entry[] | null | undefined): readonly Entry[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === "object" && entry !== null) : [];
}
