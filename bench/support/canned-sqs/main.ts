import { startHttp } from "./http.js";
import { createPages } from "./pages.js";
import { type Backlog, type CannedQueue, createCannedQueue } from "./queue.js";

/** The server's process: started by start.ts, told what to do over the channel to it, gone when that closes. */
export type Order = { readonly order: "reset"; readonly backlog: Backlog } | { readonly order: "counts" };

const pages = createPages(Date.now() - 60_000);
let queue: CannedQueue = createCannedQueue(pages, { count: 0 });
const http = await startHttp((request) => queue.respond(request));

process.on("disconnect", () => process.exit());
process.on("message", (order: Order) => {
  if (order.order === "counts") {
    process.send?.(queue.counts());
    return;
  }
  queue = createCannedQueue(pages, order.backlog);
  process.send?.({ loadable: pages.prepare(order.backlog.count) });
});
process.send?.({ port: http.port });
