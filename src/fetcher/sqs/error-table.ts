import type { ErrorKind } from "../../errors.js";

/** What is known about a call that failed, to say what to do about it. Nothing in it is secret. */
export interface CallContext {
  /** Such as `ReceiveMessage`. */
  readonly action: string;
  /** AWS's name of who was asked; SQS unless it is given. */
  readonly service?: string;
  readonly queue: string;
  readonly region?: string | undefined;
  readonly account?: string | undefined;
  /** Where the request went, with its port. */
  readonly host?: string | undefined;
  /** AWS_PROFILE. */
  readonly profile?: string | undefined;
}

export interface Description {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: (context: CallContext) => string;
}

/** `the queue "login-queue" in eu-west-1 (account 123456789012)`. */
function queueOf({ queue, region, account }: CallContext): string {
  const where = region === undefined ? "" : ` in region ${region}`;
  return `queue ${JSON.stringify(queue)}${where}${account === undefined ? "" : ` (account ${account})`}`;
}

/** The queue's ARN as an IAM policy wants it, with what is not known left as a word. */
function arnOf({ queue, region = "REGION", account = "ACCOUNT" }: CallContext): string {
  const partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return `arn:${partition}:sqs:${region}:${account}:${queue}`;
}

/** Batch calls have no permission of their own: DeleteMessageBatch needs sqs:DeleteMessage. */
function permissionOf({ action }: CallContext): string {
  return `sqs:${action.replace(/Batch$/, "")}`;
}

export function hostOf({ host, service = "SQS" }: CallContext): string {
  return host ?? service;
}

const GIVE_CREDENTIALS =
  "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, `aws sso login`, or a role";

const MISSING: Description = {
  kind: "failed",
  code: "queue_missing",
  message: (context) =>
    `there is no ${queueOf(context)}: check the name and AWS_REGION, or give the queue's URL or ARN`,
};

const DENIED: Description = {
  kind: "failed",
  code: "access_denied",
  message: (context) =>
    `access to ${queueOf(context)} is denied: allow ${permissionOf(context)} on ${arnOf(context)} in IAM or in the queue's policy`,
};

export const EXPIRED: Description = {
  kind: "failed",
  code: "credentials_expired",
  message: ({ profile }) =>
    `the AWS credentials have expired: renew them (${profile === undefined ? "`aws sso login`" : `\`aws sso login --profile ${profile}\``} or a new session token) and run the same command again`,
};

const INVALID: Description = {
  kind: "failed",
  code: "credentials_invalid",
  message: (context) =>
    `${hostOf(context)} does not accept the AWS credentials: check the access key and its secret (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or the profile), and that they are of this partition`,
};

const SKEWED: Description = {
  kind: "failed",
  code: "clock_skew",
  message: () => "AWS says that this machine's clock is wrong: set it (NTP) and run the same command again",
};

const THROTTLED: Description = {
  kind: "unavailable",
  code: "throttled",
  message: (context) =>
    `SQS throttles ${context.action} on ${queueOf(context)}: try again later, or with a lower --concurrency`,
};

const OVER_LIMIT: Description = {
  kind: "unavailable",
  code: "over_limit",
  message: (context) =>
    `${queueOf(context)} has as many messages in flight as SQS allows: try again when its other consumers have deleted theirs`,
};

const BAD_HANDLE: Description = {
  kind: "failed",
  code: "receipt_handle_invalid",
  message: (context) =>
    `SQS does not know a receipt handle of ${queueOf(context)}: its lease ran out, or it is another queue's; the message will be delivered again`,
};

const NOT_IN_FLIGHT: Description = {
  kind: "failed",
  code: "message_not_in_flight",
  message: (context) => `a message of ${queueOf(context)} is no longer in flight: it will be delivered again`,
};

const KMS_DENIED: Description = {
  kind: "failed",
  code: "kms_access_denied",
  message: (context) =>
    `the KMS key of ${queueOf(context)} may not be used: allow kms:Decrypt on the queue's key in IAM or in the key's policy`,
};

const KMS_UNUSABLE: Description = {
  kind: "failed",
  code: "kms_key_unusable",
  message: (context) =>
    `the KMS key of ${queueOf(context)} is disabled, deleted or of the wrong kind: look at the queue's KmsMasterKeyId and at that key's state`,
};

const WRONG_ADDRESS: Description = {
  kind: "failed",
  code: "wrong_endpoint",
  message: (context) =>
    `${hostOf(context)} is not where ${queueOf(context)} is: check AWS_REGION and AWS_ENDPOINT_URL_SQS against the queue's URL`,
};

const NEEDS_TLS: Description = {
  kind: "failed",
  code: "insecure_request",
  message: (context) => `SQS asks for HTTPS at ${hostOf(context)}: use an https:// endpoint or queue URL`,
};

const UNSUPPORTED: Description = {
  kind: "failed",
  code: "unsupported",
  message: (context) => `${hostOf(context)} does not support ${context.action} on ${queueOf(context)}`,
};

const OPT_IN: Description = {
  kind: "failed",
  code: "not_subscribed",
  message: ({ region = "this region" }) =>
    `the AWS account is not subscribed to SQS in ${region}: enable the region or the service`,
};

const TABLE: readonly (readonly [Description, readonly string[]])[] = [
  [MISSING, ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "QueueDeletedRecently"]],
  [
    DENIED,
    ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "AuthorizationError"],
  ],
  [EXPIRED, ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]],
  [
    INVALID,
    [
      "InvalidClientTokenId",
      "UnrecognizedClientException",
      "InvalidAccessKeyId",
      "InvalidToken",
      "SignatureDoesNotMatch",
      "InvalidSignatureException",
      "IncompleteSignature",
      "IncompleteSignatureException",
      "MissingAuthenticationToken",
      "MissingAuthenticationTokenException",
      "AuthFailure",
    ],
  ],
  [SKEWED, ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"]],
  [
    THROTTLED,
    [
      "RequestThrottled",
      "RequestThrottledException",
      "Throttling",
      "ThrottlingException",
      "ThrottledException",
      "TooManyRequestsException",
      "RequestLimitExceeded",
      "BandwidthLimitExceeded",
      "SlowDown",
      "KmsThrottled",
      "KMS.ThrottlingException",
    ],
  ],
  [OVER_LIMIT, ["OverLimit", "AWS.SimpleQueueService.OverLimit"]],
  [BAD_HANDLE, ["ReceiptHandleIsInvalid", "InvalidReceiptHandle"]],
  [NOT_IN_FLIGHT, ["MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"]],
  [KMS_DENIED, ["KmsAccessDenied", "KMS.AccessDeniedException"]],
  [
    KMS_UNUSABLE,
    [
      "KmsDisabled",
      "KMS.DisabledException",
      "KmsInvalidKeyUsage",
      "KMS.InvalidKeyUsageException",
      "KmsInvalidState",
      "KMS.InvalidStateException",
      "KmsNotFound",
      "KMS.NotFoundException",
      "KmsOptInRequired",
      "KMS.OptInRequired",
    ],
  ],
  [WRONG_ADDRESS, ["InvalidAddress"]],
  [NEEDS_TLS, ["InvalidSecurity"]],
  [UNSUPPORTED, ["UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation", "InvalidAction"]],
  [OPT_IN, ["OptInRequired", "SubscriptionRequiredException"]],
];

/**
 * By the error codes of SQS, of KMS behind it and of AWS's request handling, in the spellings of the JSON and of the
 * query protocol (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html).
 */
const BY_CODE: ReadonlyMap<string, Description> = new Map(
  TABLE.flatMap(([description, codes]) => codes.map((code) => [code, description] as const)),
);

/** What an error code of SQS means; undefined for one that is not in the table. */
export function describeCode(code: string): Description | undefined {
  return BY_CODE.get(code);
}

/** What to say of an answer that names no code that we know, from its HTTP status. */
export function describeStatus(status: number, code: string | undefined): Description {
  if (status === 429) return THROTTLED;
  const named = code === undefined ? "" : ` (${code})`;
  if (status >= 500) {
    return {
      kind: "unavailable",
      code: "service_unavailable",
      message: (context) =>
        `${hostOf(context)} answered ${context.action} with HTTP ${status}${named}: try again later`,
    };
  }
  if (status === 401 || status === 403) return DENIED;
  return {
    kind: "failed",
    code: "request_refused",
    message: (context) =>
      `${hostOf(context)} refused ${context.action} on ${queueOf(context)} with HTTP ${status}${named}`,
  };
}

/** An answer that is not SQS's, or not one that can be understood. */
export const UNREADABLE: Description = {
  kind: "failed",
  code: "unexpected_answer",
  message: (context) =>
    `${hostOf(context)} gave an answer to ${context.action} that is not one of SQS: check that AWS_ENDPOINT_URL_SQS or the queue URL names an SQS server, and any proxy between`,
};

/** The credentials were looked for and not found. */
export const NO_CREDENTIALS: Description = {
  kind: "usage",
  code: "no_credentials",
  message: ({ profile }) =>
    profile === undefined
      ? `no AWS credentials were found: give them with ${GIVE_CREDENTIALS}`
      : `the AWS profile ${JSON.stringify(profile)} was not found or gives no credentials: check AWS_PROFILE and ~/.aws/config, or run \`aws configure --profile ${profile}\``,
};

/** Whoever hands the credentials out said no. */
export const CREDENTIALS_REFUSED: Description = {
  kind: "failed",
  code: "credentials_refused",
  message: () =>
    "AWS did not hand out credentials for the configured role or session: check the profile's role_arn and the role's trust policy",
};

export const NO_REGION: Description = {
  kind: "usage",
  code: "no_region",
  message: ({ profile }) =>
    `no AWS region is set${profile === undefined ? "" : ` (the profile ${JSON.stringify(profile)} has none or was not found)`}: set AWS_REGION, such as AWS_REGION=eu-west-1, or give the queue's ARN`,
};

export const BAD_REGION: Description = {
  kind: "usage",
  code: "region_malformed",
  message: () =>
    "the AWS region that is set is none: check AWS_REGION and the profile's region; one looks like eu-west-1",
};

/** Anything else that went wrong before a request was sent. */
export const BAD_SETTINGS: Description = {
  kind: "usage",
  code: "aws_settings_invalid",
  message: () => "the AWS settings cannot be used: check the AWS_... variables and ~/.aws/config",
};

export const ABORTED: Description = {
  kind: "failed",
  code: "aborted",
  message: ({ action }) => `${action} was interrupted`,
};
