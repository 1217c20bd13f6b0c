import { expect } from "vitest";
import { test } from "../support/bench.js";
import { rowCount } from "../support/database-bench.js";
import { drainRest } from "../support/drain-rest.js";
import { settled, traceableEvents } from "../support/settled.js";

const COUNT = 2_000;

test("a drain that is killed at any moment loses nothing, and the next one loads nothing twice", async ({
  queue,
  database,
  drain,
  startDrain,
}) => {
  const sent = queue.send(traceableEvents(COUNT));
  // Each time a little later: while receiving, after commits, between commit and delete.
  for (const enough of [1, 300, 800]) {
    const running = startDrain(["--batch-size", "100", "--visibility", "2"]);
    await running.until(`${enough} rows`, async () => (await rowCount(database)) >= enough);
    running.signal("SIGKILL");
    expect((await running.result).signal).toBe("SIGKILL");
    await settled({ sent, queue, database, isCutOff: true });
  }
  // What a killed drain had in hand comes back when its leases have ended.
  await drainRest({ queue, drain }, ["--visibility", "2"]);
  expect(await settled({ sent, queue, database })).toEqual({ rows: COUNT, rejects: 0, queued: 0 });
});
