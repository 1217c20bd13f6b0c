import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { actionOf } from "../../test/support/sqs-action.js";
import { createLoadQueue, type EntryFailure, type LoadCounts, type Traffic } from "./load-queue.js";

export interface LoadServer {
  /** What a child process needs to reach the queue. */
  readonly environment: Readonly<Record<string, string>>;
  counts(): LoadCounts;
  /** Requests by action. */
  requests(): Readonly<Record<string, number>>;
  /** Cuts all connections. */
  stop(): Promise<void>;
}

export interface LoadServerOptions {
  /** SentTimestamp of all messages. */
  readonly sentAtMs?: number;
}

type Input = Readonly<Record<string, unknown>>;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const NAME = "login-queue";
const REGION = "eu-west-1";

/**
 * A queue as large as one likes, behind SQS's own protocol (AWS JSON 1.0) on a free port of 127.0.0.1: it makes its
 * messages when they are asked for, where an emulator would have to hold them all.
 */
export async function startLoadServer(
  traffic: Traffic,
  { sentAtMs = Date.UTC(2026, 0, 2, 3, 4, 5) }: LoadServerOptions = {},
): Promise<LoadServer> {
  const queue = createLoadQueue(traffic);
  const requests: Record<string, number> = {};
  let endpoint = "";

  /** Waits for what a long poll waits for: a message that comes back, or the end of its patience. */
  const untilReturn = (deadlineMs: number): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        forget();
        resolve();
      };
      const delayMs = Math.min(deadlineMs, queue.nextReturnMs()) - Date.now();
      const timer = setTimeout(wake, Math.max(1, delayMs));
      const forget = queue.onReturn(wake);
    });

  const receive = async (input: Input, isAbandoned: () => boolean): Promise<Answer> => {
    const deadlineMs = Date.now() + Number(input["WaitTimeSeconds"]) * 1_000;
    const ask = () => queue.receive(Number(input["MaxNumberOfMessages"]), Number(input["VisibilityTimeout"]));
    let page = ask();
    while (page.length === 0 && Date.now() < deadlineMs) {
      await untilReturn(deadlineMs);
      // A poll that nobody waits for any more must not take anything.
      if (isAbandoned()) break;
      page = ask();
    }
    if (page.length === 0) return { status: 200, body: {} };
    const Messages = page.map(({ messageId, receiptHandle, body, receiveCount }) => ({
      MessageId: messageId,
      ReceiptHandle: receiptHandle,
      Body: body,
      Attributes: { SentTimestamp: String(sentAtMs), ApproximateReceiveCount: String(receiveCount) },
    }));
    return { status: 200, body: { Messages } };
  };

  const attributes = (): Answer => {
    const { visible, in_flight } = queue.counts();
    const Attributes = {
      QueueArn: `arn:aws:sqs:${REGION}:000000000000:${NAME}`,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(in_flight),
      ApproximateNumberOfMessagesDelayed: "0",
      VisibilityTimeout: "30",
      MaximumMessageSize: String(traffic.maximumMessageBytes),
    };
    return { status: 200, body: { Attributes } };
  };

  const answer = async (action: string, input: Input, isAbandoned: () => boolean): Promise<Answer> => {
    requests[action] = (requests[action] ?? 0) + 1;
    if (action === "GetQueueUrl")
      return { status: 200, body: { QueueUrl: `${endpoint}/000000000000/${NAME}` } };
    if (action === "GetQueueAttributes") return attributes();
    if (action === "ReceiveMessage") return receive(input, isAbandoned);
    if (action === "DeleteMessageBatch") {
      return batch(input, (entry) => queue.deleteMessage(String(entry["ReceiptHandle"])));
    }
    if (action === "ChangeMessageVisibilityBatch") {
      return batch(input, (entry) =>
        queue.changeVisibility(String(entry["ReceiptHandle"]), Number(entry["VisibilityTimeout"])),
      );
    }
    return { status: 400, body: { __type: "com.amazon.coral.service#UnknownOperationException" } };
  };

  const server = createServer((request, response) => {
    void readJson(request)
      .then((input) => {
        const action = actionOf(request.headers);
        return answer(action, input, () => response.closed);
      })
      .then(
        (given) => send(response, given),
        () => response.destroy(),
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the load server has no port");
  endpoint = `http://127.0.0.1:${address.port}`;

  return {
    environment: {
      AWS_ENDPOINT_URL_SQS: endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: "bench",
      AWS_SECRET_ACCESS_KEY: "bench",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      SQS2PG_QUEUE: NAME,
    },
    counts: queue.counts,
    requests: () => ({ ...requests }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function batch(input: Input, carryOut: (entry: Input) => EntryFailure): Answer {
  const entries = input["Entries"];
  const Successful: unknown[] = [];
  const Failed: unknown[] = [];
  for (const entry of Array.isArray(entries) ? entries : []) {
    const failure = carryOut(entry);
    if (failure === undefined) Successful.push({ Id: entry["Id"] });
    else Failed.push({ Id: entry["Id"], Code: failure, SenderFault: true });
  }
  return { status: 200, body: { Successful, Failed } };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    "content-type": "application/x-amz-json-1.0",
    "content-length": bytes.length,
  });
  response.end(bytes);
}

async function readJson(request: IncomingMessage): Promise<Input> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}
