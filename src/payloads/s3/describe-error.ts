import { PayloadError, Sqs2pgError, UsageError } from "../../errors.js";
import {
  ABORTED,
  BAD_REGION,
  BAD_SETTINGS,
  type CallContext,
  CREDENTIALS_REFUSED,
  type Description,
  describeCode,
  EXPIRED,
  hostOf,
  NO_CREDENTIALS,
} from "../../fetcher/sqs/error-table.js";
import { describeNetworkError } from "../../fetcher/sqs/network-error.js";

/** What is known about a GetObject that failed. The bucket is one that the pipeline lists; the key is never told. */
export interface S3Context extends Pick<CallContext, "region" | "host" | "profile"> {
  readonly bucket: string;
}

type S3Description = Omit<Description, "message"> & {
  readonly message: (context: S3Context & CallContext) => string;
};

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

/** The error for AWS_ENDPOINT_URL_S3 and its like when they hold no URL of a server. */
export function malformedS3Endpoint(options?: ErrorOptions): UsageError {
  return new UsageError("endpoint_malformed", MALFORMED_ENDPOINT, options);
}

function descriptionOf(error: unknown, isOfS3: (error: Error) => boolean): S3Description {
  if (!(error instanceof Error)) return UNREADABLE;
  if (Reflect.get(error, "code") === "ERR_INVALID_URL") return BAD_ENDPOINT;
  if (error.name === "AbortError") return ABORTED;
  return (
    describeCredentialsError(error, isOfS3) ??
    describeService(error) ??
    describeNetworkError(error) ??
    describeRest(error)
  );
}

/** Errors of the SDK's credentials chain, and of the services (STS, SSO) that it asks. */
function describeCredentialsError(
  error: Error,
  isOfS3: (error: Error) => boolean,
): S3Description | undefined {
  const isExpired = /expired|aws (?:sso )?login|re-?authenticate/i.test(error.message);
  if (error.name === "TokenProviderError") return EXPIRED;
  if (error.name === "CredentialsProviderError") return isExpired ? EXPIRED : NO_CREDENTIALS;
  if (!("$fault" in error) || isOfS3(error)) return undefined;
  if (describeCode(error.name) === EXPIRED || error.name === "UnauthorizedException") return EXPIRED;
  return (statusOf(error) ?? 400) >= 500 ? AWAY : CREDENTIALS_REFUSED;
}

/** An error that S3 put into words: `$fault` is on all of the SDK's service exceptions. */
function describeService(error: Error): S3Description | undefined {
  if (!("$fault" in error)) return undefined;
  const known = BY_CODE.get(error.name);
  if (known !== undefined) return known;
  const ofAws = describeCode(error.name);
  if (ofAws !== undefined && OF_ALL_SERVICES.has(ofAws.code)) return ofAws;
  const status = statusOf(error) ?? 400;
  if (status === 429 || status >= 500) return AWAY;
  return status === 401 || status === 403 ? DENIED : refused(status, error.name);
}

/** What the SDK throws before it sends a request, as plain errors that differ in their text alone; or an odd answer. */
function describeRest(error: Error): S3Description {
  const status = statusOf(error);
  if (status !== undefined) return status >= 500 ? AWAY : UNREADABLE;
  if (error.message === "Region is missing") return NO_REGION;
  if (error.message.startsWith("Region not accepted")) return BAD_REGION;
  if (error.message.startsWith("Custom endpoint")) return BAD_ENDPOINT;
  if (error.message.startsWith("Checksum mismatch")) return DAMAGED;
  return error instanceof TypeError || error instanceof RangeError ? UNREADABLE : BAD_SETTINGS;
}

/** The HTTP status of an answer that the SDK took for an error. */
export function statusOf(error: Error): number | undefined {
  const metadata: unknown = Reflect.get(error, "$metadata");
  if (typeof metadata !== "object" || metadata === null) return undefined;
  const status: unknown = Reflect.get(metadata, "httpStatusCode");
  return typeof status === "number" ? status : undefined;
}

/** What the table of SQS says of errors that AWS's request handling gives for every service. */
const OF_ALL_SERVICES: ReadonlySet<string> = new Set([
  "credentials_expired",
  "credentials_invalid",
  "clock_skew",
]);

function arnOf({ bucket, region = "" }: S3Context): string {
  const partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return `arn:${partition}:s3:::${bucket}`;
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

const AWAY: S3Description = {
  kind: "unavailable",
  code: "service_unavailable",
  message: (context) => `${hostOf(context)} cannot answer GetObject now: try again later`,
};

const DAMAGED: S3Description = {
  kind: "unavailable",
  code: "payload_damaged",
  message: (context) =>
    `a payload was damaged on its way from ${hostOf(context)} (its checksum differs): try again`,
};

const UNREADABLE: S3Description = {
  kind: "failed",
  code: "unexpected_answer",
  message: (context) =>
    `${hostOf(context)} gave an answer to GetObject that is not one of S3: check AWS_ENDPOINT_URL_S3, and any proxy between`,
};

const NO_REGION: S3Description = {
  kind: "usage",
  code: "no_region",
  message: () => "no AWS region is set for S3: set AWS_REGION, such as AWS_REGION=eu-west-1",
};

const MALFORMED_ENDPOINT =
  "the configured S3 endpoint is no URL: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or the profile's endpoint_url looks like http://localhost:4566";

const BAD_ENDPOINT: S3Description = {
  kind: "usage",
  code: "endpoint_malformed",
  message: () => MALFORMED_ENDPOINT,
};

/** A name that is not one word could be text that quotes something. */
function refused(status: number, name: string): S3Description {
  const named = /^[A-Z]\w{2,79}$/.test(name) ? ` (${name})` : "";
  return {
    kind: "failed",
    code: "request_refused",
    message: (context) => `${hostOf(context)} refused GetObject with HTTP ${status}${named}`,
  };
}

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
]);
