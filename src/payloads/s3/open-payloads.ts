import { systemClock, within } from "../../clock.js";
import { LARGEST_PAYLOAD_BYTES } from "../../transform/body/decode-text.js";
import type { S3Pointer } from "../../transform/body/pointer.js";
import type { Payload, Payloads, Reserve } from "../payloads.js";
import { createS3Client } from "./client.js";
import { describeS3Error } from "./describe-error.js";
import { BAD_KEY, leadsOut, objectReject } from "./object-rejects.js";
import { keepError, readObject, sizeOf, TOO_LARGE } from "./read-object.js";
import { loadS3Sdk } from "./sdk.js";
import { limitTransfer } from "./transfer-limit.js";

/** An answer whose body waits for room is kept so long: less than the client, or S3, bears a connection that stands still. */
const KEEP_OPEN_MS = 5_000;

export interface OpenPayloadsOptions {
  /** Where the queue is, when that is known: else the region is the one that the SDK is set to. */
  readonly region?: string | undefined;
  /** Payloads on their way at once. */
  readonly maxSockets: number;
  /** Read for messages alone (AWS_PROFILE): the SDK itself always reads the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How long an answer is kept while its body waits for room. */
  readonly keepOpenMs?: number;
}

/** An answer, or that it has to be asked for again, with room for so many bytes as soon as `granted` says so. */
type Attempt =
  | { readonly payload: Payload | undefined }
  | { readonly granted: Promise<boolean>; readonly bytes: number };

/** Payloads in S3. Throws UsageError `s3_client_missing` where its client is not installed. */
export async function openS3Payloads(options: OpenPayloadsOptions): Promise<Payloads> {
  const { env = process.env, keepOpenMs = KEEP_OPEN_MS } = options;
  const sdk = await loadS3Sdk();
  let host: string | undefined;
  const client = await createS3Client(sdk, {
    region: options.region,
    maxSockets: options.maxSockets,
    onHost: (name) => {
      host = name;
    },
  });

  const isOfS3 = (error: Error): boolean => error instanceof sdk.S3ServiceException;
  const describe = async (error: unknown, bucket: string): Promise<Error> => {
    const region = await client.config.region().catch(() => undefined);
    const context = { bucket, host, region, profile: env["AWS_PROFILE"] };
    return describeS3Error(error, context, isOfS3);
  };

  /** The headers come first: nothing of the body is read before there is room for it. */
  const attempt = async (
    { bucket, key }: S3Pointer,
    room: number,
    signal: AbortSignal | undefined,
    reserve: Reserve,
  ): Promise<Attempt> => {
    const limit = limitTransfer(signal);
    let isRead = false;
    try {
      const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: key });
      const answer = await client.send(command, { abortSignal: limit.signal });
      const bytes = sizeOf(answer);
      if (bytes > LARGEST_PAYLOAD_BYTES) return { payload: TOO_LARGE };
      if (bytes > room) {
        keepError(answer.Body);
        const granted = reserve(bytes);
        const isGranted = await within(systemClock, keepOpenMs, granted);
        if (isGranted === undefined) return { granted, bytes };
        if (!isGranted) return { payload: undefined };
      }
      const payload = await readObject(answer.Body, Math.max(bytes, room));
      isRead = "text" in payload;
      return { payload };
    } catch (error) {
      const reject = objectReject(error, isOfS3);
      if (reject !== undefined) return { payload: reject };
      throw await describe(
        limit.isOver() ? new DOMException("it took too long", "TimeoutError") : error,
        bucket,
      );
    } finally {
      limit.end(!isRead);
    }
  };

  return {
    fetch: async (pointer, signal, reserve = async () => true) => {
      if (leadsOut(pointer.key)) return BAD_KEY;
      for (let room = -1; ; ) {
        const done = await attempt(pointer, room, signal, reserve);
        if ("payload" in done) return done.payload;
        if (!(await done.granted)) return undefined;
        room = done.bytes;
      }
    },
    close: () => client.destroy(),
  };
}
