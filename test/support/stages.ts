import type { TestAPI } from "vitest";
import { type Bench, test as benchTest } from "./bench.js";
import {
  FINISH_STATEMENT,
  LOAD_STATEMENT,
  PRUNE_STATEMENT,
  whenAnswered,
  whenAsked,
} from "./tcp-proxy/postgres.js";
import { type Direction, noticing, startTcpProxy, type TcpProxy, whenSeen } from "./tcp-proxy.js";
import { until } from "./until.js";

export interface StageBench extends Bench {
  /** Before the database and before the queue. */
  readonly proxies: { readonly database: TcpProxy; readonly queue: TcpProxy };
}

/** The bench with a fault proxy before each server. */
export const test: TestAPI<StageBench> = benchTest.extend<Pick<StageBench, "proxies" | "env">>({
  proxies: async ({ database, sqs }, use) => {
    const proxies = {
      database: await startTcpProxy(database.server),
      queue: await startTcpProxy({ host: "127.0.0.1", port: sqs.port }),
    };
    await use(proxies);
    await proxies.database.stop();
    await proxies.queue.stop();
  },
  env: async ({ queueEnv, database, proxies }, use) => {
    const url = new URL(database.url);
    url.port = String(proxies.database.port);
    const endpoint = `http://127.0.0.1:${proxies.queue.port}`;
    await use({ ...queueEnv, AWS_ENDPOINT_URL_SQS: endpoint, DATABASE_URL: url.href });
  },
});

/** A moment of a drain at which it is held up, so that something can happen exactly then. */
export interface Stage {
  readonly name: string;
  readonly proxy: keyof StageBench["proxies"];
  /** Nothing more gets through in this direction from that moment on. */
  readonly direction: Direction;
  readonly watch: Parameters<typeof noticing>[0];
}

const request = (action: string): Stage["watch"] =>
  whenSeen("up", (seen) => seen.includes(`AmazonSQS.${action}`));

/** All of a drain's stages, in their order. */
export const STAGES: readonly Stage[] = [
  {
    name: "it looks at the queue",
    proxy: "queue",
    direction: "up",
    watch: request("GetQueueAttributes"),
  },
  {
    name: "it proves that it can load",
    proxy: "database",
    direction: "down",
    watch: whenSeen("up", (seen) => seen.includes("with incoming")),
  },
  {
    name: "its run is recorded",
    proxy: "database",
    direction: "up",
    watch: whenAsked(/^insert into \S+"runs"/),
  },
  {
    name: "the first receive is on its way",
    proxy: "queue",
    direction: "up",
    watch: request("ReceiveMessage"),
  },
  {
    name: "messages are on their way to it",
    proxy: "queue",
    direction: "down",
    watch: whenSeen("down", (seen) => seen.includes("ReceiptHandle")),
  },
  { name: "a load is on its way", proxy: "database", direction: "up", watch: whenAsked() },
  { name: "a load has committed", proxy: "database", direction: "down", watch: whenAnswered(LOAD_STATEMENT) },
  {
    name: "a delete is on its way",
    proxy: "queue",
    direction: "up",
    watch: request("DeleteMessageBatch"),
  },
  {
    name: "messages are deleted",
    proxy: "queue",
    direction: "down",
    watch: request("DeleteMessageBatch"),
  },
  {
    name: "the end of the run is recorded",
    proxy: "database",
    direction: "up",
    watch: whenAsked(FINISH_STATEMENT),
  },
  { name: "the ledger is pruned", proxy: "database", direction: "up", watch: whenAsked(PRUNE_STATEMENT) },
];

/** A held stage: `reached` resolves when the drain is there, and `release` lets it go on. */
export interface HeldStage {
  reached(): Promise<void>;
  release(): void;
}

/** Arranges that the next drain is held up at a stage. */
export function hold(
  { name, proxy: which, direction, watch }: Stage,
  proxies: StageBench["proxies"],
): HeldStage {
  const proxy = proxies[which];
  let isReached = false;
  proxy.trap({
    watch: noticing(watch, () => {
      if (isReached) return;
      isReached = true;
      proxy.flow(direction, "stall");
    }),
    // Never sprung: it only notices. Armed, so that an answer is held back until it is whole.
    ending: "cut",
  });
  return {
    reached: () => until(name, () => isReached),
    release: () => proxy.flow("both", "pass"),
  };
}
