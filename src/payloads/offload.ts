import type { Pipeline } from "../config/pipeline.js";
import { parseQueueReference } from "../fetcher/sqs/queue-reference.js";
import type { Message } from "../message.js";
import { mayHoldPointer, type S3Pointer } from "../transform/body/pointer.js";
import { readBody } from "../transform/body/read-body.js";
import type { Payloads } from "./payloads.js";

/** Payloads on their way at once. */
export const PARALLEL_FETCHES = 8;

/** What reads the payloads that are not in their messages. */
export interface Offload extends Payloads {
  /** Where a message's payload is; undefined where it is in the message, or where it may not be read. */
  pointerOf(message: Message): S3Pointer | undefined;
}

/**
 * Opens what the pipelines of a queue need for payloads in S3; undefined where they list no bucket: then nothing of it is
 * loaded. Throws UsageError `s3_client_missing`.
 */
export async function openOffload(
  { queue, body: format }: Pick<Pipeline, "queue" | "body">,
  env?: Readonly<Record<string, string | undefined>>,
): Promise<Offload | undefined> {
  if (format.s3Buckets.length === 0) return undefined;
  const { openS3Payloads } = await import("./s3/open-payloads.js");
  const payloads = await openS3Payloads({
    region: parseQueueReference(queue).region,
    maxSockets: PARALLEL_FETCHES,
    ...(env === undefined ? {} : { env }),
  });
  return {
    ...payloads,
    pointerOf: ({ body }) => {
      if (!mayHoldPointer(body)) return undefined;
      const read = readBody(body, format);
      return "pointer" in read ? read.pointer : undefined;
    },
  };
}
