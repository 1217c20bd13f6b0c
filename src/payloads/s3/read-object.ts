import { Readable } from "node:stream";
import type { GetObjectCommandOutput } from "@aws-sdk/client-s3";
import type { Reject } from "../../reject.js";
import { LARGEST_PAYLOAD_BYTES, NOT_UTF8 } from "../../transform/body/decode-text.js";
import { parseReject } from "../../transform/body/parse-reject.js";
import type { Payload } from "../payloads.js";

export const TOO_LARGE: { readonly reject: Reject } = parseReject(
  "too_large",
  `the body points to an object larger than ${LARGEST_PAYLOAD_BYTES / 1024 / 1024} MiB`,
);

type Body = GetObjectCommandOutput["Body"];

/** What its headers say; without them it may be as large as any. */
export function sizeOf({ ContentLength: bytes }: Pick<GetObjectCommandOutput, "ContentLength">): number {
  return bytes ?? LARGEST_PAYLOAD_BYTES;
}

/** A body that nobody reads yet may fail all the same: it keeps its error for whoever reads it then. */
export function keepError(body: Body): void {
  if (body instanceof Readable) body.on("error", () => {});
}

/**
 * Up to `mostBytes`: what is larger is not read to its end, whatever its headers say. Each piece is decoded as it
 * comes, so that an object is in memory once.
 */
export async function readObject(body: Body, mostBytes: number): Promise<Payload> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  let bytes = 0;
  for await (const chunk of streamOf(body)) {
    bytes += chunk.length;
    if (bytes > mostBytes) return TOO_LARGE;
    const piece = decoded(decoder, chunk);
    if (piece === undefined) return NOT_UTF8;
    text += piece;
  }
  const rest = decoded(decoder);
  return rest === undefined ? NOT_UTF8 : { text: text + rest, bytes };
}

function decoded(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string | undefined {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    return undefined;
  }
}

/** In Node, the body is a stream of its chunks; leaving the loop over them ends it. */
function streamOf(body: Body): AsyncIterable<Uint8Array> {
  if (body !== undefined && Symbol.asyncIterator in body) return body;
  throw new TypeError("an answer without a body");
}
