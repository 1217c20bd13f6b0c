import { agentsFor } from "../aws/agent.js";
import {
  BAD_SETTINGS,
  CREDENTIALS_REFUSED,
  describeProviderError,
  EXPIRED,
  saysExpired,
} from "../aws/common-errors.js";
import { type Credentials, findCredentials } from "../aws/credentials.js";
import { type Description, partitionOf } from "../aws/description.js";
import { describeNetworkError } from "../aws/network-error.js";
import { DatabaseError, Sqs2pgError, UsageError } from "../errors.js";
import { requirePackage } from "../require-package.js";

/** Who logs in where. */
export interface IamLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The SDK looks for one itself where this is undefined. */
  readonly region: string | undefined;
}

const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_SOCKETS = 4;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A token that stands in for the password of a user of Amazon RDS or Aurora, signed by the AWS credentials of the process:
 * AWS is asked for nothing but those. It is good for 15 minutes, and for new connections only. Throws UsageError and
 * DatabaseError.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
 */
export async function iamToken({ host, port, user, region }: IamLogin): Promise<string> {
  const { Signer } = await loadSigner();
  try {
    return await new Signer({
      hostname: host,
      port,
      username: user,
      credentials: await credentials(),
      ...(region === undefined ? {} : { region }),
    }).getAuthToken();
  } catch (error) {
    throw describeSignerError(error);
  }
}

async function credentials(): Promise<Credentials> {
  const nothing = (): void => {};
  // The SDK writes to the console where it has no logger.
  const logger = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
  return findCredentials({
    logger,
    requestHandler: {
      // Nobody closes them, and the next token may be far off.
      ...(await agentsFor({ keepAlive: false, maxSockets: MAX_SOCKETS })),
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      logger,
    },
  });
}

async function loadSigner(): Promise<typeof import("@aws-sdk/rds-signer")> {
  // As for the SQS client: what the SDK says of Node 20 is no business of whoever runs the command.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  try {
    return requirePackage("@aws-sdk/rds-signer");
  } catch (cause) {
    throw new UsageError(
      "rds_signer_missing",
      "--database-auth iam needs the signer of Amazon RDS, which is not installed: npm install @aws-sdk/rds-signer",
      { cause },
    );
  }
}

/** The region that a host name of RDS or Aurora says, else AWS_REGION; of a host of another name it is a guess of the SDK's. */
export function regionOf(host: string, env: Environment): string | undefined {
  const said =
    /\.([a-z]{2,}(?:-[a-z]+)+-\d+)\.rds\.amazonaws\.com$|\.rds\.(cn-[a-z]+-\d+)\.amazonaws\.com\.cn$/i;
  const [, region, inChina] = said.exec(host) ?? [];
  return region ?? inChina ?? (env["AWS_REGION"] || undefined);
}

/** The resource of a policy that allows `rds-db:connect`, with what is not known left as a word. */
export function connectArn(user: string, region = "REGION"): string {
  return `arn:${partitionOf(region)}:rds-db:${region}:ACCOUNT:dbuser:DB-RESOURCE-ID/${user}`;
}

/** The SDK's own message is no part of it: it can quote an answer or an access key. */
function describeSignerError(error: unknown): Sqs2pgError {
  if (error instanceof Sqs2pgError) return error;
  const { kind, code, message } = descriptionOf(error);
  const text = message({ action: "connect", service: "AWS", queue: "", profile: process.env["AWS_PROFILE"] });
  return kind === "usage"
    ? new UsageError(code, text, { cause: error })
    : new DatabaseError(kind, code, text, { cause: error });
}

function descriptionOf(error: unknown): Description {
  if (!(error instanceof Error)) return BAD_SETTINGS;
  const described = describeProviderError(error);
  if (described !== undefined) return described;
  if (error.message === "Region is missing") return NO_REGION;
  if ("$fault" in error) return saysExpired(error) ? EXPIRED : CREDENTIALS_REFUSED;
  return describeNetworkError(error) ?? BAD_SETTINGS;
}

const NO_REGION: Description = {
  kind: "usage",
  code: "no_region",
  message: () =>
    "the host's name does not say its AWS region, and none is set: set AWS_REGION to that of the database, such as AWS_REGION=eu-west-1",
};
