import type { SQSClient } from "@aws-sdk/client-sqs";
import type { CallContext } from "../../aws/description.js";
import { systemClock } from "../../clock.js";
import type { RequestCounts } from "../queue.js";
import type { AbortBy } from "./abortable.js";
import { type Call, createCall } from "./call.js";
import { createClient, type OnAnswer } from "./client.js";
import { describeError } from "./describe-error.js";
import type { Endpoint } from "./direct/ask.js";
import { parseQueueReference, type QueueReference } from "./queue-reference.js";
import { loadSdk, type Sdk } from "./sdk.js";
import { unreadable } from "./unreadable.js";

export interface SessionOptions {
  /** Name, URL or ARN. */
  readonly queue: string;
  /** Connections at once: one for each poller, and some for deletes and heartbeats. Further calls wait for one. */
  readonly maxSockets: number;
  /** Read for messages alone (AWS_PROFILE): the SDK itself always reads the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** One line that the user should see. */
  readonly onWarning?: (message: string) => void;
  /** Of every answer, also of one that refuses. */
  readonly onAnswer?: OnAnswer | undefined;
  /** For one attempt of one request; more than the longest long poll (20 s). Default: 30,000. */
  readonly requestTimeoutMs?: number;
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number;
}

/** A client for one queue, before anything was asked. Its methods throw `UsageError` and `QueueError`. */
export interface Session {
  readonly reference: QueueReference;
  readonly sdk: Sdk;
  readonly client: SQSClient;
  readonly abortBy: AbortBy;
  readonly call: Call;
  readonly context: () => Omit<CallContext, "action">;
  readonly requests: RequestCounts;
  readonly now: () => number;
  /** Where requests go and the region that they are signed for; undefined before the first one. */
  readonly endpoint: () => Endpoint | undefined;
  /** The region that the SDK ends up with: asked for before the first call, errors can name it. */
  region(): Promise<string>;
  /** A queue that was given as a URL costs no request (else GetQueueUrl). */
  url(): Promise<string>;
}

export async function openSession(options: SessionOptions): Promise<Session> {
  const { env = process.env, now = () => systemClock.now(), onWarning = () => {} } = options;
  const reference = parseQueueReference(options.queue);
  const sdk = await loadSdk();
  let host: string | undefined;
  let endpoint: { url: URL; signingRegion: string | undefined } | undefined;
  let { account, region } = reference;
  const context = (): Omit<CallContext, "action"> => ({
    queue: reference.name,
    account,
    region,
    host,
    profile: env["AWS_PROFILE"],
  });
  const { client, abortBy } = await createClient(sdk, {
    reference,
    maxSockets: options.maxSockets,
    requestTimeoutMs: options.requestTimeoutMs,
    onWarning,
    onAnswer: options.onAnswer,
    onEndpoint: (url, signingRegion) => {
      host = url.host;
      endpoint = { url, signingRegion };
    },
  });
  const requests: RequestCounts = { receive: 0, delete: 0, extend: 0, other: 0 };
  const call = createCall(requests, context);

  const findUrl = async (): Promise<string> => {
    const { name: QueueName, account: QueueOwnerAWSAccountId } = reference;
    const given = QueueOwnerAWSAccountId === undefined ? {} : { QueueOwnerAWSAccountId };
    const answer = await call("other", "GetQueueUrl", () =>
      client.send(new sdk.GetQueueUrlCommand({ QueueName, ...given })),
    );
    if (typeof answer.QueueUrl === "string" && URL.canParse(answer.QueueUrl)) return answer.QueueUrl;
    throw unreadable({ ...context(), action: "GetQueueUrl" });
  };

  return {
    ...{ reference, sdk, client, abortBy, call, context, requests, now },
    endpoint: () => {
      const signedFor = endpoint?.signingRegion ?? region;
      if (endpoint === undefined || signedFor === undefined) return undefined;
      return { url: endpoint.url, region: signedFor };
    },
    region: async () => {
      try {
        region = await client.config.region();
        return region;
      } catch (error) {
        throw describeError(error, { ...context(), action: "GetQueueUrl" });
      }
    },
    url: async () => {
      const url = reference.url ?? (await findUrl());
      account ??= /\/(\d{12})\/[^/]+$/.exec(url)?.[1];
      return url;
    },
  };
}
