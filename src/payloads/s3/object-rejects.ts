import type { Reject } from "../../reject.js";
import { parseReject } from "../../transform/body/parse-reject.js";

const MISSING = parseReject(
  "s3_object_missing",
  "the body points to an object that is not in the bucket any more",
);
const ARCHIVED = parseReject(
  "s3_object_archived",
  "the body points to an object that is archived: restore it first",
);
const CUSTOMER_KEY = parseReject(
  "s3_object_encrypted",
  "the body points to an object that is encrypted with a key of its writer's own (SSE-C), which S3 does not keep",
);
const KMS_KEY = parseReject(
  "s3_object_kms_key",
  "the body points to an object whose KMS key is disabled, deleted or not usable: enable it, or cancel its deletion",
);
export const BAD_KEY: { readonly reject: Reject } = parseReject(
  "s3_key_invalid",
  "the body points to an object with a key that S3 does not take",
);

/** Of S3's codes, those that are about the one object that was asked for, so that others may well be read. */
const BY_CODE: ReadonlyMap<string, { readonly reject: Reject }> = new Map([
  ["NoSuchKey", MISSING],
  ["NoSuchVersion", MISSING],
  ["InvalidObjectState", ARCHIVED],
  ["KeyTooLongError", BAD_KEY],
  ["InvalidURI", BAD_KEY],
]);

/** Every object has its own KMS key, or none; S3 passes on what KMS says of it, such as `KMS.DisabledException`. */
const OF_KMS_KEY =
  /^KMS\.(?:KMS)?(?:Disabled|NotFound|InvalidState|InvalidKeyUsage|IncorrectKey|InvalidCiphertext)Exception$/;

/**
 * What an error says of one object alone; undefined for whatever else would befall the next object, too: a region,
 * credentials, a policy, the bucket as a whole. `isOfS3`: it is S3's own, and not of who hands out credentials.
 */
export function objectReject(
  error: unknown,
  isOfS3: (error: Error) => boolean,
): { readonly reject: Reject } | undefined {
  if (!(error instanceof Error)) return undefined;
  if (isNotSent(error)) return BAD_KEY;
  if (!isOfS3(error)) return undefined;
  if (OF_KMS_KEY.test(error.name)) return KMS_KEY;
  if (error.name === "InvalidRequest") return saysEncrypted(error) ? CUSTOMER_KEY : undefined;
  return BY_CODE.get(error.name);
}

/** The client itself refuses to write such a key into the path of a request. */
function isNotSent(error: Error): boolean {
  return error instanceof URIError || Reflect.get(error, "code") === "ERR_UNESCAPED_CHARACTERS";
}

/** S3 has no code for that: only its text tells it from a request that is wrong for every object. */
function saysEncrypted({ message }: Error): boolean {
  return /\bstored using a form of server.side encryption\b/i.test(message);
}

/**
 * Whether a key may be asked for. S3 refuses one that leads out of its bucket, and a server that takes S3's place might
 * follow it into another one.
 */
export function leadsOut(key: string): boolean {
  let depth = 0;
  for (const segment of key.split("/")) {
    if (segment === "..") depth -= 1;
    else if (segment !== "" && segment !== ".") depth += 1;
    if (depth < 0) return true;
  }
  return false;
}
