import { expect } from "vitest";
import { proxied as test } from "../../support/database-bench.js";
import { settled, traceableEvents } from "../../support/settled.js";
import { afterBytes } from "../../support/tcp-proxy.js";

/**
 * A statement of 5 rows is about 2 kB up and 80 bytes down; coming up and the proof before the first receive, which is
 * not tried again, take a connection some 5 kB down, most of it from the catalogue.
 */
const BATCHES = ["--batch-size", "5"];

test.for([
  ["up", "reset", 20_000],
  ["up", "cut", 33_333],
  ["down", "reset", 7_000],
  ["down", "cut", 7_450],
] as const)(
  "connections that die again and again (%s, %s after every %d bytes): all is loaded once",
  async ([direction, ending, bytes], { proxy, queue, database, drain }) => {
    const sent = queue.send(traceableEvents(2_400));
    const trap = proxy.trap({
      watch: afterBytes(direction, bytes),
      ending,
      times: Number.POSITIVE_INFINITY,
    });
    const { exitCode, report } = await drain(BATCHES);
    expect(exitCode).toBe(0);
    expect(trap.sprung).toBeGreaterThan(2);
    expect(report).toMatchObject({
      received: 2_400,
      loaded: 2_400,
      duplicates: 0,
      deleted: 2_400,
      in_doubt: 0,
    });
    expect(await settled({ sent, queue, database })).toEqual({ rows: 2_400, rejects: 0, queued: 0 });
  },
);

test.for([
  ["far away", { delayMs: 100 }],
  ["thin", { bytesPerSecond: 64 * 1024 }],
] as const)("a network that is %s is only slow", async ([, flow], { proxy, queue, database, drain }) => {
  const sent = queue.send(traceableEvents(600));
  proxy.flow("both", flow);
  const { exitCode, report } = await drain(["--batch-size", "200"]);
  expect(exitCode).toBe(0);
  expect(report).toMatchObject({ received: 600, loaded: 600, duplicates: 0, deleted: 600 });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 600, rejects: 0, queued: 0 });
});
