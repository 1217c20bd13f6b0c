import { serveQueue } from "../bench-sqs/serve.js";
import { startHttp } from "./http.js";
import { createPages } from "./pages.js";
import { type CannedQueue, createCannedQueue } from "./queue.js";

const pages = createPages(Date.now() - 60_000);
let queue: CannedQueue = createCannedQueue(pages, { count: 0 });
const { port } = await startHttp((request) => queue.respond(request));

serveQueue({
  port,
  reset: (backlog) => {
    queue = createCannedQueue(pages, backlog);
    return pages.prepare(backlog.count);
  },
  counts: () => queue.counts(),
});
