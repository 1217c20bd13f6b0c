import type { Queue } from "../../src/fetcher/queue.js";
import { type OpenQueueOptions, openQueue } from "../../src/fetcher/sqs/open-queue.js";
import type { Way } from "./way.js";

/** One of the two ways to a queue, which are to behave alike. */
export interface QueueClient {
  readonly way: Way;
  /** Who makes the requests of a call that fails, of which the SDK makes `attempts`: what a direct one fails with is for the SDK to meet. */
  failing(attempts?: number): Way[];
  /** A queue whose frequent calls go this way already; with no requests counted. */
  open(options: OpenQueueOptions): Promise<Queue>;
}

/** For `describe.each`. */
export const QUEUE_CLIENTS: readonly QueueClient[] = [
  {
    way: "sdk",
    failing: (attempts = 1) => Array<Way>(attempts).fill("sdk"),
    open: (options) => openQueue(options),
  },
  {
    way: "direct",
    failing: (attempts = 1) => ["direct", ...Array<Way>(attempts).fill("sdk")],
    open: async (options) => {
      const queue = await openQueue({ ...options, direct: true });
      // The first call of the SDK's finds the endpoint, whether it is answered or not.
      await queue.attributes().catch(() => {});
      Object.assign(queue.requests, { other: 0 });
      return queue;
    },
  },
];
