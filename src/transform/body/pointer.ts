import type { Reject } from "../../reject.js";
import { readJson } from "../../types/read-json.js";
import { isJsonObject } from "../paths.js";
import { parseReject } from "./parse-reject.js";

/** Where a payload is that was too large for SQS. */
export interface S3Pointer {
  readonly bucket: string;
  readonly key: string;
}

/** The class in front: today's, and that of the versions before 2021; some builds put a package of their own before it. */
const POINTER_CLASS = /^[\w.]*\.(?:PayloadS3Pointer|MessageS3Pointer)$/;

const MALFORMED = parseReject(
  "s3_pointer",
  "the body is a pointer to a payload in S3 without the bucket and the key of an object",
);
const NOT_ENABLED = parseReject(
  "s3_pointer",
  "the body is a pointer to a payload in S3: list its bucket in s3_buckets to have it read",
);
const NOT_ALLOWED = parseReject(
  "s3_bucket_not_allowed",
  "the body is a pointer to a payload in a bucket that s3_buckets does not list",
);

/** Whether a text can hold a pointer, so that it is worth reading. */
export function mayHoldPointer(text: string): boolean {
  return text.includes("S3Pointer");
}

/**
 * Reads a text as the pointer that the SQS and SNS Extended Client Libraries write in place of a large payload; undefined
 * for anything else. Whoever may write to the queue chooses what it points to, so only listed buckets will do. Its
 * message attribute (ExtendedPayloadSize, SQSLargePayloadSize) is not asked for: a list that begins with a text is no
 * record in any case. https://github.com/awslabs/payload-offloading-java-common-lib-for-aws
 */
export function readPointer(
  text: string,
  buckets: readonly string[],
): { readonly pointer: S3Pointer } | { readonly reject: Reject } | undefined {
  if (!mayHoldPointer(text)) return undefined;
  const value = readJson(text)?.value;
  if (!Array.isArray(value)) return undefined;
  const [name, place]: readonly unknown[] = value;
  if (typeof name !== "string" || !POINTER_CLASS.test(name)) return undefined;
  if (value.length !== 2 || !isJsonObject(place)) return MALFORMED;
  const [bucket, key] = [place["s3BucketName"], place["s3Key"]];
  if (!isName(bucket) || !isName(key)) return MALFORMED;
  if (buckets.length === 0) return NOT_ENABLED;
  return buckets.includes(bucket) ? { pointer: { bucket, key } } : NOT_ALLOWED;
}

/** S3 takes keys of up to 1,024 bytes of UTF-8. */
function isName(value: unknown): value is string {
  return (
    typeof value === "string" && value !== "" && value.isWellFormed() && Buffer.byteLength(value) <= 1024
  );
}
