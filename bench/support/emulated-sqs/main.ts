import { setTimeout as delay } from "node:timers/promises";
import { FOREIGN_BODY, loginEvents } from "../../../test/support/events.js";
import { startSqs } from "../../../test/support/sqs.js";
import { type Backlog, delayOf } from "../bench-sqs/backlog.js";
import { serveQueue } from "../bench-sqs/serve.js";
import { createTally } from "../bench-sqs/tally.js";

let backlog: Backlog = { count: 0 };
let tally = createTally();
const sqs = await startSqs({
  onRequest: async (action) => {
    tally.requested(action);
    const delayMs = delayOf(backlog);
    if (delayMs > 0) await delay(delayMs);
  },
  onAnswer: (action) => {
    if (!action.startsWith("DeleteMessage")) return;
    const { visible, in_flight: inFlight } = queue.counts();
    tally.deleted(backlog.count - visible - inFlight);
  },
});
let queue = sqs.createQueue("login-queue");

serveQueue({
  port: sqs.port,
  reset: (next) => {
    // A new one: what polls the old one still, for somebody who is gone, takes nothing from it.
    queue = sqs.createQueue("login-queue");
    const bodies = [...loginEvents(next.count)];
    queue.send(bodies, { sentAtMs: Date.now() - 60_000 });
    backlog = next;
    tally = createTally();
    return bodies.filter((body) => body !== FOREIGN_BODY).length;
  },
  counts: () => tally.counts(),
});
