import { ABORTED } from "../../aws/common-errors.js";
import { type CallContext, type Description, hostOf, partitionOf } from "../../aws/description.js";
import { AWAY, badEndpoint, describeServiceError, type ServiceWords } from "../../aws/service-error.js";
import { PayloadError, Sqs2pgError, UsageError } from "../../errors.js";

/** What is known about a GetObject that failed. The bucket is one that the pipeline lists; the key is never told. */
export interface S3Context extends Pick<CallContext, "region" | "host" | "profile"> {
  readonly bucket: string;
}

type S3Description = Description<S3Context & CallContext>;

/**
 * Turns whatever a call of S3 threw into a `PayloadError` or a `UsageError` with one line that says what to do. The SDK's
 * own message is never part of it: it can quote a key or an answer. It stays as `cause`.
 */
export function describeS3Error(
  error: unknown,
  context: S3Context,
  isOfS3: (error: Error) => boolean,
): Sqs2pgError {
  if (error instanceof Sqs2pgError) return error;
  const { kind, code, message } = descriptionOf(error, isOfS3);
  const text = message({ ...context, service: "S3", action: "GetObject", queue: "" });
  return kind === "usage"
    ? new UsageError(code, text, { cause: error })
    : new PayloadError(kind, code, text, { cause: error });
}

function descriptionOf(error: unknown, isOfS3: (error: Error) => boolean): S3Description {
  const isAborted = error instanceof Error && error.name === "AbortError";
  return isAborted ? ABORTED : describeServiceError(error, isOfS3, WORDS);
}

function arnOf({ bucket, region = "" }: S3Context): string {
  return `arn:${partitionOf(region)}:s3:::${bucket}`;
}

const DENIED: S3Description = {
  kind: "failed",
  code: "s3_access_denied",
  // Without ListBucket, S3 says the same of an object that is not there.
  message: (context) =>
    `access to a payload in S3 is denied: allow s3:GetObject on ${arnOf(context)}/* and s3:ListBucket on ${arnOf(context)}, and kms:Decrypt on the bucket's KMS key if it has one`,
};

const NO_BUCKET: S3Description = {
  kind: "failed",
  code: "s3_bucket_missing",
  message: ({ bucket }) => `there is no S3 bucket ${bucket}: check s3_buckets`,
};

const ELSEWHERE: S3Description = {
  kind: "failed",
  code: "s3_wrong_endpoint",
  message: (context) =>
    `${hostOf(context)} is not where the S3 bucket ${context.bucket} is: check AWS_REGION and AWS_ENDPOINT_URL_S3`,
};

const DAMAGED: S3Description = {
  kind: "unavailable",
  code: "payload_damaged",
  message: (context) =>
    `a payload was damaged on its way from ${hostOf(context)} (its checksum differs): try again`,
};

const NO_REGION: S3Description = {
  kind: "usage",
  code: "no_region",
  message: () => "no AWS region is set for S3: set AWS_REGION, such as AWS_REGION=eu-west-1",
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
const BY_CODE: ReadonlyMap<string, S3Description> = new Map<string, S3Description>([
  ["AccessDenied", DENIED],
  ["AllAccessDisabled", DENIED],
  ["NoSuchBucket", NO_BUCKET],
  ["InvalidBucketName", NO_BUCKET],
  ["PermanentRedirect", ELSEWHERE],
  ["TemporaryRedirect", ELSEWHERE],
  ["IllegalLocationConstraintException", ELSEWHERE],
  ["AuthorizationHeaderMalformed", ELSEWHERE],
  ["SlowDown", AWAY],
  ["InternalError", AWAY],
  ["RequestTimeout", AWAY],
  ["ServiceUnavailable", AWAY],
  ["OperationAborted", AWAY],
  ["KMS.ThrottlingException", AWAY],
  ["KMS.LimitExceededException", AWAY],
  ["KMS.KMSInternalException", AWAY],
  ["KMS.DependencyTimeoutException", AWAY],
  ["KMS.KeyUnavailableException", AWAY],
]);

const WORDS: ServiceWords<S3Context & CallContext> = {
  service: "S3",
  byCode: BY_CODE,
  denied: DENIED,
  noRegion: NO_REGION,
  byText: [
    ["Custom endpoint", badEndpoint("S3")],
    ["Checksum mismatch", DAMAGED],
  ],
};
