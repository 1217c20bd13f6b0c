import type { Message } from "../message.js";
import type { JsonObject } from "./paths.js";

/** A message with what its body was found to hold, around one of its records; every field of the message is there. */
export type ReadMessage = { readonly [Key in keyof Required<Message>]: Message[Key] } & {
  /** The record as the body has it, also for an element of an array in it. */
  readonly root: JsonObject;
  /** The fields of SNS and of EventBridge around it; empty without them. */
  readonly envelope: JsonObject;
};

/** Field by field: copying messages as a whole takes as long as parsing a small body. */
export function readMessage(
  { messageId, body, sentAtMs, receiveCount, groupId, sequenceNumber }: Message,
  { attributes, root, envelope }: Pick<ReadMessage, "attributes" | "root" | "envelope">,
): ReadMessage {
  return { messageId, body, sentAtMs, receiveCount, groupId, sequenceNumber, attributes, root, envelope };
}
