import { type Description, hostOf } from "./description.js";

const GIVE_CREDENTIALS =
  "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, `aws sso login`, or a role";

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

/** The codes that AWS's request handling gives for every service. */
export const COMMON_CODES: readonly (readonly [Description, readonly string[]])[] = [
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
];

const BY_CODE: ReadonlyMap<string, Description> = byCode(COMMON_CODES);

/** A table of descriptions with their codes, by code. */
export function byCode(
  table: readonly (readonly [Description, readonly string[]])[],
): ReadonlyMap<string, Description> {
  return new Map(table.flatMap(([description, codes]) => codes.map((code) => [code, description] as const)));
}

/** What a code that every service of AWS can give means; undefined for any other. */
export function describeCommonCode(code: string): Description | undefined {
  return BY_CODE.get(code);
}

/** The SDK has no common class for "sign in again": its providers say it in their texts. */
const EXPIRED_SESSION = /expired|aws (?:sso )?login|re-?authenticate/i;

export function saysExpired(error: Error): boolean {
  return EXPIRED_SESSION.test(error.message);
}

/** What the SDK's credentials chain throws itself, before any service is asked; undefined for any other error. */
export function describeProviderError(error: Error): Description | undefined {
  if (error.name === "TokenProviderError") return EXPIRED;
  if (error.name !== "CredentialsProviderError") return undefined;
  return saysExpired(error) ? EXPIRED : NO_CREDENTIALS;
}
