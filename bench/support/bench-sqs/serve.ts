import type { Backlog } from "./backlog.js";
import type { Counts } from "./tally.js";

export type Order = { readonly order: "reset"; readonly backlog: Backlog } | { readonly order: "counts" };

/** A queue that is served on a port of 127.0.0.1. */
export interface ServedQueue {
  readonly port: number;
  /** Puts a new backlog on the queue, forgets all counts, and tells how many of the messages are login events. */
  reset(backlog: Backlog): number;
  counts(): Counts;
}

/** The part of the queue's process: it is told what to do over the channel to it, and gone when that closes. */
export function serveQueue(queue: ServedQueue): void {
  process.on("disconnect", () => process.exit());
  process.on("message", (order: Order) => {
    process.send?.(order.order === "counts" ? queue.counts() : { loadable: queue.reset(order.backlog) });
  });
  process.send?.({ port: queue.port });
}
