import { createHash } from "node:crypto";

/** Namespace of the UUIDs made from message ids that are none: a random UUID, fixed for good. */
const NAMESPACE = Buffer.from("7d6c9e8a4f3b4c1e9a52b0d4e61f8c37", "hex");

const UUID_PATTERN = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The UUID under which a message is known to the ledger: its MessageId in lower case where that is a UUID, as on AWS,
 * and a UUIDv5 of it (RFC 9562 section 5.5) elsewhere, since emulators make ids of their own.
 */
export function toUuid(messageId: string): string {
  if (UUID_PATTERN.test(messageId)) return messageId.toLowerCase();
  const digest = createHash("sha1").update(NAMESPACE).update(messageId, "utf8").digest().subarray(0, 16);
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = digest.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
