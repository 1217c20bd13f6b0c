import type { S3Client } from "@aws-sdk/client-s3";
import { agentsFor } from "../../aws/agent.js";
import { findCredentials } from "../../aws/credentials.js";
import { malformedEndpoint } from "../../aws/service-error.js";
import type { S3Sdk } from "./sdk.js";

const CONNECTION_TIMEOUT_MS = 5_000;
/** To the first byte of an answer, and between any two. */
const REQUEST_TIMEOUT_MS = 10_000;

export interface S3ClientOptions {
  /** The region that the SDK is set to, unless it is given. */
  readonly region: string | undefined;
  readonly maxSockets: number;
  /** The host (and port, where it is not the scheme's) that requests go to, as soon as it is known. */
  readonly onHost: (host: string) => void;
}

/** The client as it is used here; credentials, endpoint, retries and, unless it is given, the region are the SDK's. */
export async function createS3Client(
  sdk: S3Sdk,
  { region, maxSockets, onHost }: S3ClientOptions,
): Promise<S3Client> {
  const nothing = (): void => {};
  // The SDK writes to the console where it has no logger.
  const logger = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
  const client = new sdk.S3Client({
    ...(region !== undefined && { region }),
    logger,
    credentialDefaultProvider: findCredentials,
    // A bucket may be in another region than the queue.
    followRegionRedirects: true,
    requestHandler: {
      ...(await agentsFor({ keepAlive: true, maxSockets })),
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: REQUEST_TIMEOUT_MS,
      logger,
    },
  });
  const standard = client.config.endpointProvider;
  client.config.endpointProvider = (parameters, context) => {
    const isCustom = parameters.Endpoint !== undefined;
    // An emulator has one name for all buckets, and no DNS for others.
    const endpoint = standard(isCustom ? { ...parameters, ForcePathStyle: true } : parameters, context);
    const { protocol, hostname, host } = endpoint.url;
    if ((protocol !== "http:" && protocol !== "https:") || hostname === "") throw malformedEndpoint("S3");
    onHost(host);
    return endpoint;
  };
  return client;
}
