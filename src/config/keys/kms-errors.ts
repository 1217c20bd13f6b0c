import { KeyError, Sqs2pgError, UsageError } from "../../errors.js";
import {
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

type KmsContext = Omit<CallContext, "queue" | "service">;

interface Answer {
  readonly context: KmsContext;
  /** Whether it is one of KMS's exceptions, and not one of the services that hand out credentials. */
  readonly isOfKms: boolean;
}

/**
 * Turns whatever a call of KMS threw into a `KeyError` or a `UsageError` with one line that says what to do. The SDK's
 * own message is never part of it: it can quote an answer or an access key. It stays as `cause`.
 */
export function describeKmsError(error: unknown, { context, isOfKms }: Answer): Sqs2pgError {
  if (error instanceof Sqs2pgError) return error;
  const { kind, code, message } = descriptionOf(error, isOfKms);
  const text = message({ ...context, service: "KMS", queue: "" });
  return kind === "usage"
    ? new UsageError(code, text, { cause: error })
    : new KeyError(kind, code, text, { cause: error });
}

/** The error for an answer without what was asked for. */
export function unreadableAnswer(context: KmsContext): KeyError {
  const { kind, code, message } = UNREADABLE;
  return new KeyError(kind, code, message({ ...context, queue: "" }));
}

/** The error for AWS_ENDPOINT_URL_KMS and its like when they hold no URL of a server. */
export function malformedKmsEndpoint(): UsageError {
  return new UsageError("endpoint_malformed", MALFORMED_ENDPOINT);
}

function descriptionOf(error: unknown, isOfKms: boolean): Description {
  if (!(error instanceof Error)) return UNREADABLE;
  if (Reflect.get(error, "code") === "ERR_INVALID_URL") return BAD_ENDPOINT;
  return (
    describeCredentialsError(error, isOfKms) ??
    describeService(error) ??
    describeNetworkError(error) ??
    describeRest(error)
  );
}

/** Errors of the SDK's credentials chain, and of the services (STS, SSO) that it asks. */
function describeCredentialsError(error: Error, isOfKms: boolean): Description | undefined {
  const isExpired = /expired|aws (?:sso )?login|re-?authenticate/i.test(error.message);
  if (error.name === "TokenProviderError") return EXPIRED;
  if (error.name === "CredentialsProviderError") return isExpired ? EXPIRED : NO_CREDENTIALS;
  if (!("$fault" in error) || isOfKms) return undefined;
  if (describeCode(error.name) === EXPIRED || error.name === "UnauthorizedException") return EXPIRED;
  return (statusOf(error) ?? 400) >= 500 ? AWAY : CREDENTIALS_REFUSED;
}

/** An error that KMS put into words: `$fault` is on all of the SDK's service exceptions. */
function describeService(error: Error): Description | undefined {
  if (!("$fault" in error)) return undefined;
  const known = BY_CODE.get(error.name);
  if (known !== undefined) return known;
  const ofAws = describeCode(error.name);
  if (ofAws !== undefined && OF_ALL_SERVICES.has(ofAws.code)) return ofAws;
  const status = statusOf(error) ?? 400;
  if (status === 429) return THROTTLED;
  if (status >= 500) return AWAY;
  return status === 401 || status === 403 ? DENIED : refused(status, error.name);
}

/** What the SDK throws before it sends a request, as plain errors that differ in their text alone; or an odd answer. */
function describeRest(error: Error): Description {
  const status = statusOf(error);
  if (status !== undefined) return status >= 500 ? AWAY : UNREADABLE;
  if (error.message === "Region is missing") return NO_REGION;
  if (error.message.startsWith("Region not accepted")) return BAD_REGION;
  return error instanceof TypeError || error instanceof RangeError ? UNREADABLE : BAD_SETTINGS;
}

function statusOf(error: Error): number | undefined {
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

const inRegion = ({ region }: CallContext): string => (region === undefined ? "" : ` in region ${region}`);

const DENIED: Description = {
  kind: "failed",
  code: "kms_access_denied",
  // KMS says the same of a key of another region.
  message: ({ action, region = "AWS_REGION" }) =>
    `access to the KMS key is denied: allow kms:${action} on it for the encryption context sqs2pg=mask-key, and check that it is a key of ${region}`,
};

const NOT_WRAPPED: Description = {
  kind: "usage",
  code: "kms_ciphertext_invalid",
  message: (context) =>
    `KMS cannot unwrap the key${inRegion(context)}: it was changed, or wrapped in another region, or not by \`sqs2pg keygen --kms\` (encryption context sqs2pg=mask-key)`,
};

const NO_KEY: Description = {
  kind: "usage",
  code: "kms_key_missing",
  message: (context) => `there is no such KMS key${inRegion(context)}: check the ARN and AWS_REGION`,
};

const UNUSABLE: Description = {
  kind: "failed",
  code: "kms_key_unusable",
  message: () =>
    "the KMS key is disabled, about to be deleted or of the wrong kind: it has to be enabled, symmetric, and for encryption",
};

const THROTTLED: Description = {
  kind: "unavailable",
  code: "throttled",
  message: ({ action }) => `KMS throttles ${action}: try again later`,
};

const AWAY: Description = {
  kind: "unavailable",
  code: "service_unavailable",
  message: (context) => `${hostOf(context)} cannot answer ${context.action} now: try again later`,
};

const UNREADABLE: Description = {
  kind: "failed",
  code: "unexpected_answer",
  message: (context) =>
    `${hostOf({ service: "KMS", ...context })} gave an answer to ${context.action} that is not one of KMS: check AWS_ENDPOINT_URL_KMS, and any proxy between`,
};

const NO_REGION: Description = {
  kind: "usage",
  code: "no_region",
  message: () =>
    "no AWS region is set for KMS: set AWS_REGION to the region of the KMS key, such as AWS_REGION=eu-west-1",
};

const MALFORMED_ENDPOINT =
  "the configured KMS endpoint is no URL: AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL or the profile's endpoint_url looks like http://localhost:4566";

const BAD_ENDPOINT: Description = {
  kind: "usage",
  code: "endpoint_malformed",
  message: () => MALFORMED_ENDPOINT,
};

/** A name that is not one word could be text that quotes something. */
function refused(status: number, name: string): Description {
  const named = /^[A-Z]\w{2,79}$/.test(name) ? ` (${name})` : "";
  return {
    kind: "failed",
    code: "request_refused",
    message: (context) => `${hostOf(context)} refused ${context.action} with HTTP ${status}${named}`,
  };
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html#API_Decrypt_Errors and CommonErrors. */
const BY_CODE: ReadonlyMap<string, Description> = new Map([
  ["AccessDeniedException", DENIED],
  ["InvalidCiphertextException", NOT_WRAPPED],
  ["IncorrectKeyException", NOT_WRAPPED],
  ["NotFoundException", NO_KEY],
  ["InvalidArnException", NO_KEY],
  ["DisabledException", UNUSABLE],
  ["KMSInvalidStateException", UNUSABLE],
  ["InvalidKeyUsageException", UNUSABLE],
  ["UnsupportedOperationException", UNUSABLE],
  ["ThrottlingException", THROTTLED],
  ["LimitExceededException", THROTTLED],
  ["KeyUnavailableException", AWAY],
  ["DependencyTimeoutException", AWAY],
  ["KMSInternalException", AWAY],
]);
