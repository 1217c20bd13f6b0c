import { buildApp } from "fauxqs";
import { S3Store } from "../../node_modules/fauxqs/dist/s3/s3Store.js";
import { SnsStore } from "../../node_modules/fauxqs/dist/sns/snsStore.js";
import { SqsStore } from "../../node_modules/fauxqs/dist/sqs/sqsStore.js";
import { type TestQueue, testQueue } from "./sqs/queue.js";
import { actionOf } from "./sqs-action.js";

export type { QueueCounts, SendOptions, SentMessage, TestQueue } from "./sqs/queue.js";

export interface QueueOptions {
  /** SQS's own names, such as `{ VisibilityTimeout: "5" }`. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly deadLetter?: { readonly queue: TestQueue; readonly maxReceiveCount: number };
}

export interface SqsServer {
  /** Such as `http://127.0.0.1:45123`. */
  readonly endpoint: string;
  readonly port: number;
  readonly region: string;
  /** Settings for an SQSClient in this process. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** The same for a child process; it shuts out the AWS files of whoever runs the tests. */
  readonly environment: Readonly<Record<string, string>>;
  /** A name that ends in `.fifo` makes a FIFO queue. */
  createQueue(name: string, options?: QueueOptions): TestQueue;
  /** A queue that is there, whoever made it. */
  queue(name: string): TestQueue;
  /** Cuts all connections, waiting long polls included. */
  stop(): Promise<void>;
}

export interface SqsHooks {
  /** Before a request is looked at, by its action such as `ReceiveMessage`. */
  readonly onRequest?: (action: string) => Promise<void>;
  /** Before it is answered, also with a refusal. */
  readonly onAnswer?: (action: string) => void;
}

const REGION = "eu-west-1";
const ACCOUNT = "000000000000";

/**
 * Starts an SQS server in this process: the real wire protocol on a free port of 127.0.0.1, messages in memory.
 *
 * fauxqs's own start function listens on all interfaces and puts names such as `sqs.eu-west-1.localhost` into queue
 * URLs, which not every machine can resolve; so its parts are put together here, and its stores, which it does not
 * export, are imported by path.
 */
export async function startSqs({ onRequest, onAnswer }: SqsHooks = {}): Promise<SqsServer> {
  const store = new SqsStore();
  store.host = "";
  store.region = REGION;
  const stores = { sqsStore: store, snsStore: new SnsStore(), s3Store: new S3Store() };
  const app = buildApp({ logger: false, stores });
  if (onRequest !== undefined) app.addHook("onRequest", ({ headers }) => onRequest(actionOf(headers)));
  if (onAnswer !== undefined) {
    app.addHook("preSerialization", async ({ headers }, _reply, payload) => {
      onAnswer(actionOf(headers));
      return payload;
    });
  }
  const endpoint = await app.listen({ host: "127.0.0.1", port: 0 });
  const port = Number(new URL(endpoint).port);
  return {
    endpoint,
    port,
    region: REGION,
    client: {
      endpoint,
      region: REGION,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    },
    environment: {
      AWS_ENDPOINT_URL_SQS: endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    },
    createQueue: (name, options = {}) => {
      const queue = store.createQueue(
        name,
        `${endpoint}/${ACCOUNT}/${name}`,
        `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`,
        queueAttributes(name, options),
      );
      return testQueue(queue, store);
    },
    queue: (name) => {
      const queue = store.getQueueByName(name);
      if (!queue) throw new Error(`There is no queue ${name}.`);
      return testQueue(queue, store);
    },
    stop: () => app.close(),
  };
}

function queueAttributes(name: string, { attributes, deadLetter }: QueueOptions): Record<string, string> {
  const fifo = name.endsWith(".fifo") ? { FifoQueue: "true", ContentBasedDeduplication: "true" } : {};
  const redrive = deadLetter && {
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: deadLetter.queue.arn,
      maxReceiveCount: deadLetter.maxReceiveCount,
    }),
  };
  return { ...fifo, ...redrive, ...attributes };
}
