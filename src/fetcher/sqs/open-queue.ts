import { systemClock } from "../../clock.js";
import { QueueError } from "../../errors.js";
import type { Queue, RequestCounts } from "../queue.js";
import { type Call, createCall } from "./call.js";
import { createClient, type QueueClient } from "./client.js";
import { describeError } from "./describe-error.js";
import { type CallContext, UNREADABLE } from "./error-table.js";
import { parseQueueReference, type QueueReference } from "./queue-reference.js";
import { loadSdk, type Sdk } from "./sdk.js";
import { createSqsQueue } from "./sqs-queue.js";

export interface OpenQueueOptions {
  /** Name, URL or ARN. */
  readonly queue: string;
  /** Connections at once: one for each poller, and some for deletes and heartbeats. Further calls wait for one. */
  readonly maxSockets: number;
  /** Read for messages alone (AWS_PROFILE): the SDK itself always reads the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** One line that the user should see. */
  readonly onWarning?: (message: string) => void;
  /** For one attempt of one request; more than the longest long poll (20 s). Default: 30,000. */
  readonly requestTimeoutMs?: number;
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number;
}

/**
 * Finds the queue and opens it. A URL is used as it is and costs no request; a name is looked up in the region that
 * the SDK is set to, an ARN in its own region and account (GetQueueUrl). The region in an AWS URL or an ARN wins over
 * AWS_REGION. Requests go to the configured endpoint (AWS_ENDPOINT_URL_SQS and the like), else to the URL's host, else
 * to the region's. Throws `UsageError` and `QueueError`.
 */
export async function openQueue(options: OpenQueueOptions): Promise<Queue> {
  const { env = process.env, now = () => systemClock.now(), onWarning = () => {} } = options;
  const reference = parseQueueReference(options.queue);
  const sdk = await loadSdk();
  let host: string | undefined;
  let { account, region } = reference;
  const context = (): Omit<CallContext, "action"> => ({
    queue: reference.name,
    account,
    region,
    host,
    profile: env["AWS_PROFILE"],
  });
  const queueClient = createClient(sdk, {
    reference,
    maxSockets: options.maxSockets,
    requestTimeoutMs: options.requestTimeoutMs,
    onWarning,
    onHost: (name) => {
      host = name;
    },
  });
  const requests: RequestCounts = { receive: 0, delete: 0, extend: 0, other: 0 };
  const call = createCall(requests, context);
  try {
    region = await regionOf(queueClient, context());
    const url = reference.url ?? (await findUrl({ sdk, queueClient, call, reference, context }));
    account ??= /\/(\d{12})\/[^/]+$/.exec(url)?.[1];
    return createSqsQueue({ sdk, ...queueClient, call, context, requests, url, name: reference.name, now });
  } catch (error) {
    queueClient.client.destroy();
    throw error;
  }
}

/** The region that the SDK ends up with, known before the first call so that errors can name it. */
async function regionOf({ client }: QueueClient, context: Omit<CallContext, "action">): Promise<string> {
  try {
    return await client.config.region();
  } catch (error) {
    throw describeError(error, { ...context, action: "GetQueueUrl" });
  }
}

async function findUrl(options: {
  readonly sdk: Sdk;
  readonly queueClient: QueueClient;
  readonly call: Call;
  readonly reference: QueueReference;
  readonly context: () => Omit<CallContext, "action">;
}): Promise<string> {
  const { sdk, queueClient, call, reference, context } = options;
  const answer = await call("other", "GetQueueUrl", () =>
    queueClient.client.send(
      new sdk.GetQueueUrlCommand({
        QueueName: reference.name,
        ...(reference.account !== undefined && { QueueOwnerAWSAccountId: reference.account }),
      }),
    ),
  );
  if (typeof answer.QueueUrl === "string" && URL.canParse(answer.QueueUrl)) return answer.QueueUrl;
  throw new QueueError(
    "failed",
    UNREADABLE.code,
    UNREADABLE.message({ ...context(), action: "GetQueueUrl" }),
  );
}
