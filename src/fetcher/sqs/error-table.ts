import { byCode, COMMON_CODES } from "../../aws/common-errors.js";
import { type CallContext, type Description, hostOf, partitionOf } from "../../aws/description.js";
import { proxyRefusal } from "../../aws/network-error.js";

/** `the queue "login-queue" in eu-west-1 (account 123456789012)`. */
function queueOf({ queue, region, account }: CallContext): string {
  const where = region === undefined ? "" : ` in region ${region}`;
  return `queue ${JSON.stringify(queue)}${where}${account === undefined ? "" : ` (account ${account})`}`;
}

/** The queue's ARN as an IAM policy wants it, with what is not known left as a word. */
function arnOf({ queue, region = "REGION", account = "ACCOUNT" }: CallContext): string {
  return `arn:${partitionOf(region)}:sqs:${region}:${account}:${queue}`;
}

/** Batch calls have no permission of their own: DeleteMessageBatch needs sqs:DeleteMessage. */
function permissionOf({ action }: CallContext): string {
  return `sqs:${action.replace(/Batch$/, "")}`;
}

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
  ...COMMON_CODES,
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
const BY_CODE: ReadonlyMap<string, Description> = byCode(TABLE);

/** What an error code of SQS means; undefined for one that is not in the table. */
export function describeCode(code: string): Description | undefined {
  return BY_CODE.get(code);
}

/** What to say of an answer that names no code that we know, from its HTTP status. */
export function describeStatus(status: number, code: string | undefined): Description {
  if (status === 429) return THROTTLED;
  if (status === 407) return proxyRefusal(status);
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

export const NO_REGION: Description = {
  kind: "usage",
  code: "no_region",
  message: ({ profile }) =>
    `no AWS region is set${profile === undefined ? "" : ` (the profile ${JSON.stringify(profile)} has none or was not found)`}: set AWS_REGION, such as AWS_REGION=eu-west-1, or give the queue's ARN`,
};
