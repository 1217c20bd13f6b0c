import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Backlog } from "./backlog.js";
import type { Order } from "./serve.js";
import type { Counts } from "./tally.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export interface BenchSqs {
  readonly endpoint: string;
  readonly queueUrl: string;
  /** What a client needs to come here: endpoint, region, credentials of nobody, the queue. */
  readonly environment: Readonly<Record<string, string>>;
  /** Puts a new backlog on the queue and forgets all counts. */
  reset(backlog: Backlog): Promise<{ readonly loadable: number }>;
  counts(): Promise<Counts>;
  stop(): Promise<void>;
}

/** Answers made in advance: as little of the machine goes into the queue as can be. */
export const startCannedSqs = (): Promise<BenchSqs> => startSqsProcess("../canned-sqs/main.ts");

/** The emulator that the tests use: it keeps leases, long polls and receipt handles as SQS does. */
export const startEmulatedSqs = (): Promise<BenchSqs> => startSqsProcess("../emulated-sqs/main.ts");

/** Starts a queue in a process of its own, so that its work is nobody else's. */
async function startSqsProcess(main: string): Promise<BenchSqs> {
  const program = fileURLToPath(new URL(main, import.meta.url));
  const child = fork(program, [], { cwd: ROOT, execArgv: ["--import", "tsx"] });
  let onExit = (_reason: Error): void => {};
  child.once("exit", (code) => onExit(new Error(`the queue's process ended with ${code}`)));
  // One order at a time: each is answered before the next one is given.
  const ask = <Answer>(order?: Order): Promise<Answer> =>
    new Promise((resolve, reject) => {
      onExit = reject;
      child.once("message", (answer: Answer) => resolve(answer));
      if (order !== undefined) child.send(order);
    });
  const { port } = await ask<{ port: number }>();
  const endpoint = `http://127.0.0.1:${port}`;
  const queueUrl = `${endpoint}/000000000000/login-queue`;
  return {
    endpoint,
    queueUrl,
    environment: {
      AWS_ENDPOINT_URL_SQS: endpoint,
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "bench",
      AWS_SECRET_ACCESS_KEY: "bench",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      SQS2PG_QUEUE: queueUrl,
    },
    reset: (backlog) => ask({ order: "reset", backlog }),
    counts: () => ask({ order: "counts" }),
    stop: async () => {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}
