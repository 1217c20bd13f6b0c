import type { CallContext, Description } from "../../aws/description.js";
import { AWAY, describeServiceError, type ServiceWords, unreadable } from "../../aws/service-error.js";
import { KeyError, Sqs2pgError, UsageError } from "../../errors.js";

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
  const { kind, code, message } = describeServiceError(error, () => isOfKms, WORDS);
  const text = message({ ...context, service: "KMS", queue: "" });
  return kind === "usage"
    ? new UsageError(code, text, { cause: error })
    : new KeyError(kind, code, text, { cause: error });
}

/** The error for an answer without what was asked for. */
export function unreadableAnswer(context: KmsContext): KeyError {
  const { kind, code, message } = unreadable("KMS");
  return new KeyError(kind, code, message({ ...context, service: "KMS", queue: "" }));
}

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

const NO_REGION: Description = {
  kind: "usage",
  code: "no_region",
  message: () =>
    "no AWS region is set for KMS: set AWS_REGION to the region of the KMS key, such as AWS_REGION=eu-west-1",
};

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

const WORDS: ServiceWords<CallContext> = {
  service: "KMS",
  byCode: BY_CODE,
  denied: DENIED,
  throttled: THROTTLED,
  noRegion: NO_REGION,
};
