import type { Message } from "../message.js";

/** What a message takes, in bytes of UTF-8: its body and its attributes. */
export function messageBytes(message: Message): number {
  let bytes = Buffer.byteLength(message.body);
  for (const [name, value] of Object.entries(message.attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  return bytes;
}
