import { MaskError, type MaskKey, openText, sealText } from "./masking/index.js";
import type { Message } from "./message.js";

/**
 * A message as a quarantined reject keeps it: its JSON, sealed. Not only its body: a pipeline may read its attributes
 * (binary ones aside) and its group. Escapes keep lone surrogates as they are. `id`: the message's in the tables, a UUID.
 */
export function sealMessage(key: MaskKey, message: Message, id: string): Buffer {
  const { messageId, body, sentAtMs, receiveCount, groupId, sequenceNumber, attributes } = message;
  const kept = { messageId, body, sentAtMs, receiveCount, groupId, sequenceNumber, attributes };
  return sealText(key, JSON.stringify(kept), id);
}

/**
 * The message that `sealMessage` was given, by whichever of the keys it was sealed with. Throws
 * `MaskError` as `openText` does, and `sealed_corrupted` for what is
 * sealed in order but is no message, such as a text of somebody else's under the same key.
 */
export function openMessage(keys: readonly MaskKey[], sealed: Buffer, id: string): Message {
  const message = parse(openText(keys, sealed, id));
  if (!isMessage(message)) throw new MaskError("sealed_corrupted", "what is sealed is not a message");
  return message;
}

/** Undefined for what is no JSON; without the parser's words, which quote the message. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== "object" || value === null) return false;
  const { messageId, body, sentAtMs, receiveCount, attributes }: Partial<Record<keyof Message, unknown>> =
    value;
  return (
    typeof messageId === "string" &&
    typeof body === "string" &&
    typeof sentAtMs === "number" &&
    typeof receiveCount === "number" &&
    typeof attributes === "object" &&
    attributes !== null
  );
}
