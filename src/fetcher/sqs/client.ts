import type { SQSClient, SQSClientConfig } from "@aws-sdk/client-sqs";
import { agentsFor } from "../../aws/agent.js";
import { findCredentials } from "../../aws/credentials.js";
import { systemClock } from "../../clock.js";
import { UsageError } from "../../errors.js";
import { type AbortBy, abortable } from "./abortable.js";
import type { QueueReference } from "./queue-reference.js";
import type { Sdk } from "./sdk.js";

/** The longest long poll (20 s), and time for the answer. */
export const REQUEST_TIMEOUT_MS = 30_000;
export const CONNECTION_TIMEOUT_MS = 5_000;

export interface ClientOptions {
  readonly reference: QueueReference;
  readonly maxSockets: number;
  readonly requestTimeoutMs?: number | undefined;
  /** Warnings of ours, one line each. */
  readonly onWarning: (message: string) => void;
  /** Where requests go, as soon as that is known, and the region that they are signed for where it is not the client's. */
  readonly onEndpoint: (url: URL, signingRegion: string | undefined) => void;
  readonly onAnswer?: OnAnswer | undefined;
}

/** What an answer tells beside its contents: its `Date` header, and when it was asked for and came. */
export interface AnswerTimes {
  readonly date: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
}

export type OnAnswer = (times: AnswerTimes) => void;

export interface QueueClient {
  readonly client: SQSClient;
  readonly abortBy: AbortBy;
}

/**
 * The SDK's client as it is used here. Region, credentials, endpoint, retry mode and attempts come from wherever the
 * SDK looks for them; only what would be wrong for a queue reader is set.
 */
export async function createClient(sdk: Sdk, options: ClientOptions): Promise<QueueClient> {
  const { reference, maxSockets, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const agents = await agentsFor({ keepAlive: true, maxSockets });
  const logger = warningLogger(options.onWarning);
  const config: SQSClientConfig = {
    ...(reference.region !== undefined && { region: reference.region }),
    requestHandler: {
      ...agents,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      // An answer that stops half-way: the request timeout ends with the headers.
      socketTimeout: requestTimeoutMs,
      logger,
    },
    logger,
    credentialDefaultProvider: findCredentials,
    // TLS protects the bodies. A mismatch would throw away a whole page of messages that SQS has already handed out.
    md5: false,
    // Below: the SDK would send to the queue URL's host even when an endpoint is configured, and print a warning.
    useQueueUrlAsEndpoint: false,
    // The middleware is composed once a command instead of once a call: about a fifth of a receive's CPU time.
    cacheMiddleware: true,
  };
  const client = new sdk.SQSClient(config);
  const standard = client.config.endpointProvider;
  client.config.endpointProvider = (parameters, context) => {
    const endpoint = standard(withUrlEndpoint(parameters, reference.endpoint), context);
    const { protocol, hostname } = endpoint.url;
    if ((protocol !== "http:" && protocol !== "https:") || hostname === "") throw malformedEndpoint();
    options.onEndpoint(endpoint.url, signingRegionOf(endpoint));
    return endpoint;
  };
  const abortBy = abortable(client);
  if (options.onAnswer !== undefined) observeAnswers(client, options.onAnswer);
  return { client, abortBy };
}

function observeAnswers({ config: { requestHandler } }: SQSClient, onAnswer: OnAnswer): void {
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = async (request, options) => {
    const sentAtMs = systemClock.now();
    const answer = await handle(request, options);
    const { date } = answer.response.headers;
    onAnswer({ date, sentAtMs, answeredAtMs: systemClock.now() });
    return answer;
  };
}

/** The error for AWS_ENDPOINT_URL_SQS and its like when they hold no URL. */
export function malformedEndpoint(options?: ErrorOptions): UsageError {
  return new UsageError(
    "endpoint_malformed",
    "the configured SQS endpoint is no URL: AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL or the profile's endpoint_url looks like http://localhost:4566",
    options,
  );
}

type Endpoint = ReturnType<SQSClient["config"]["endpointProvider"]>;

/** An endpoint's rules can name another region than the client's, such as that of a pseudo-region. */
function signingRegionOf({ properties }: Endpoint): string | undefined {
  const schemes: unknown = properties?.["authSchemes"];
  const [scheme]: unknown[] = Array.isArray(schemes) ? schemes : [];
  const region: unknown =
    typeof scheme === "object" && scheme !== null ? Reflect.get(scheme, "signingRegion") : undefined;
  return typeof region === "string" && region !== "" ? region : undefined;
}

type EndpointInput = Parameters<SQSClient["config"]["endpointProvider"]>[0];

/** A configured endpoint wins, so that an emulator behind a mapped port can be reached; then the URL's own host. */
function withUrlEndpoint(parameters: EndpointInput, endpoint: string | undefined): EndpointInput {
  if (parameters.Endpoint !== undefined || endpoint === undefined) return parameters;
  return { ...parameters, Endpoint: endpoint, UseFIPS: false, UseDualStack: false };
}

/** The SDK writes to the console where it has no logger. The one warning that a user can act on is passed on. */
function warningLogger(onWarning: (message: string) => void): NonNullable<SQSClientConfig["logger"]> {
  const nothing = (): void => {};
  const warn = (...content: unknown[]): void => {
    if (String(content[0]).includes("Multiple credential sources")) {
      onWarning("both AWS_PROFILE and AWS_ACCESS_KEY_ID are set: the profile is used; unset the other");
    }
  };
  return { trace: nothing, debug: nothing, info: nothing, warn, error: nothing };
}
