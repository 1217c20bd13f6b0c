import type { KMSClient } from "@aws-sdk/client-kms";
import { agentsFor } from "../../aws/agent.js";
import { findCredentials } from "../../aws/credentials.js";
import { malformedEndpoint } from "../../aws/service-error.js";
import { UsageError } from "../../errors.js";
import { requirePackage } from "../../require-package.js";

export type KmsSdk = typeof import("@aws-sdk/client-kms");

const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_SOCKETS = 4;

/**
 * Loads the SDK's client for KMS, which is installed by whoever uses it. Throws UsageError `kms_client_missing` where it
 * is not.
 */
export async function loadKmsSdk(): Promise<KmsSdk> {
  // As for the SQS client: what the SDK says of Node 20 is no business of whoever runs the command.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  try {
    return requirePackage("@aws-sdk/client-kms");
  } catch (cause) {
    throw new UsageError(
      "kms_client_missing",
      "a key that AWS KMS has wrapped needs its client, which is not installed: npm install @aws-sdk/client-kms",
      { cause },
    );
  }
}

/** The client as it is used here; credentials, endpoint, retries and, unless it is given, the region are the SDK's. */
export async function createKmsClient(
  sdk: KmsSdk,
  region: string | undefined,
  onHost: (host: string) => void,
): Promise<KMSClient> {
  const nothing = (): void => {};
  // The SDK writes to the console where it has no logger.
  const logger = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
  const client = new sdk.KMSClient({
    ...(region !== undefined && { region }),
    logger,
    credentialDefaultProvider: findCredentials,
    requestHandler: {
      ...(await agentsFor({ keepAlive: true, maxSockets: MAX_SOCKETS })),
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: REQUEST_TIMEOUT_MS,
      logger,
    },
  });
  const standard = client.config.endpointProvider;
  client.config.endpointProvider = (parameters, context) => {
    const endpoint = standard(parameters, context);
    const { protocol, hostname, host } = endpoint.url;
    if ((protocol !== "http:" && protocol !== "https:") || hostname === "") throw malformedEndpoint("KMS");
    onHost(host);
    return endpoint;
  };
  return client;
}
