import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Order } from "./main.js";
import type { Backlog, CannedCounts } from "./queue.js";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export interface CannedSqs {
  readonly endpoint: string;
  readonly queueUrl: string;
  /** What a client needs to come here: endpoint, region, credentials of nobody, the queue. */
  readonly environment: Readonly<Record<string, string>>;
  /** Puts a new backlog on the queue and forgets all counts. */
  reset(backlog: Backlog): Promise<{ readonly loadable: number }>;
  counts(): Promise<CannedCounts>;
  stop(): Promise<void>;
}

/** Starts the canned server in a process of its own, so that its work is nobody else's. */
export async function startCannedSqs(): Promise<CannedSqs> {
  const child = fork(MAIN, [], { cwd: ROOT, execArgv: ["--import", "tsx"] });
  let onExit = (_reason: Error): void => {};
  child.once("exit", (code) => onExit(new Error(`the canned server ended with ${code}`)));
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
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
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
