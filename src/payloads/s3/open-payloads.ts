import { setMaxListeners } from "node:events";
import type { GetObjectCommandOutput } from "@aws-sdk/client-s3";
import type { Reject } from "../../reject.js";
import { LARGEST_PAYLOAD_BYTES, utf8Text } from "../../transform/body/decode-text.js";
import { parseReject } from "../../transform/body/parse-reject.js";
import type { Payloads } from "../payloads.js";
import { createS3Client } from "./client.js";
import { describeS3Error } from "./describe-error.js";
import { loadS3Sdk } from "./sdk.js";

/** Longer than the largest payload should ever take. */
const TRANSFER_MS = 120_000;

const MISSING = parseReject(
  "s3_object_missing",
  "the body points to an object that is not in the bucket any more",
);
const ARCHIVED = parseReject(
  "s3_object_archived",
  "the body points to an object that is archived: restore it first",
);
const TOO_LARGE = parseReject(
  "too_large",
  `the body points to an object larger than ${LARGEST_PAYLOAD_BYTES / 1024 / 1024} MiB`,
);

export interface OpenPayloadsOptions {
  /** Where the queue is, when that is known: else the region is the one that the SDK is set to. */
  readonly region?: string | undefined;
  /** Payloads on their way at once. */
  readonly maxSockets: number;
  /** Read for messages alone (AWS_PROFILE): the SDK itself always reads the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Payloads in S3. Throws UsageError `s3_client_missing` where its client is not installed. */
export async function openS3Payloads(options: OpenPayloadsOptions): Promise<Payloads> {
  const { env = process.env } = options;
  const sdk = await loadS3Sdk();
  let host: string | undefined;
  const client = createS3Client(sdk, {
    region: options.region,
    maxSockets: options.maxSockets,
    onHost: (name) => {
      host = name;
    },
  });

  return {
    fetch: async ({ bucket, key }, signal) => {
      const limit = limited(signal);
      try {
        const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: key });
        return await read(await client.send(command, { abortSignal: limit.signal }));
      } catch (error) {
        const reject = error instanceof Error ? REJECTS.get(error.name) : undefined;
        if (reject !== undefined) return reject;
        const region = await client.config.region().catch(() => undefined);
        const context = { bucket, host, region, profile: env["AWS_PROFILE"] };
        throw describeS3Error(
          limit.isOver() ? new DOMException("it took too long", "TimeoutError") : error,
          context,
          (thrown) => thrown instanceof sdk.S3ServiceException,
        );
      } finally {
        limit.end();
      }
    },
    close: () => client.destroy(),
  };
}

/**
 * A signal that aborts with another one, or after the longest time that a transfer may take. It leaves nothing behind on
 * the other one, which may outlive a million payloads (`AbortSignal.any` does, in Node 20).
 */
function limited(signal: AbortSignal | undefined): {
  readonly signal: AbortSignal;
  readonly isOver: () => boolean;
  readonly end: () => void;
} {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort();
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    controller.abort();
  }, TRANSFER_MS);
  if (signal?.aborted) onAbort();
  else if (signal !== undefined) {
    // As it is from Node 22 on: Node 20 takes more than ten payloads with one signal for a leak and says so on stderr.
    setMaxListeners(0, signal);
    signal.addEventListener("abort", onAbort, { once: true });
  }
  return {
    signal: controller.signal,
    isOver: () => isOver,
    end: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    },
  };
}

const REJECTS: ReadonlyMap<string, { readonly reject: Reject }> = new Map([
  ["NoSuchKey", MISSING],
  ["InvalidObjectState", ARCHIVED],
]);

type ReadPayload = { readonly text: string; readonly bytes: number } | { readonly reject: Reject };

/** Up to the limit: what is larger is not read to its end, whatever its headers say. */
async function read({ Body: body }: GetObjectCommandOutput): Promise<ReadPayload> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of streamOf(body)) {
    bytes += chunk.length;
    if (bytes > LARGEST_PAYLOAD_BYTES) return TOO_LARGE;
    chunks.push(chunk);
  }
  const decoded = utf8Text(Buffer.concat(chunks));
  return "reject" in decoded ? decoded : { text: decoded.text, bytes };
}

/** In Node, the body is a stream of its chunks; leaving the loop over them ends it. */
function streamOf(body: GetObjectCommandOutput["Body"]): AsyncIterable<Uint8Array> {
  if (body !== undefined && Symbol.asyncIterator in body) return body;
  throw new TypeError("an answer without a body");
}
