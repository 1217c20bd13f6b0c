import { expect } from "vitest";
import { startLoadServer } from "../../bench/support/load-server.js";
import { largeTraffic } from "../../bench/support/traffic.js";
import { addGate, outcomes, reportOf, somebodyWaits, test, whileLocked } from "../support/bench.js";
import { until } from "../support/until.js";

/** 150 MiB of bodies: more than the heap of this drain. `npm run bench:bounded` does the same with gigabytes. */
const COUNT = 150;
const HEAP_ARGS = ["--max-old-space-size=128"];

test("while nothing can be loaded, no more is received than may be in hand; then all of it is", async ({
  database,
  startDrain,
}) => {
  const server = await startLoadServer(largeTraffic(COUNT, { kind: "rows" }));
  try {
    await addGate(database);
    let drained: ReturnType<typeof startDrain> | undefined;
    await whileLocked(database, "lock table gate", async () => {
      drained = startDrain([], { env: server.environment, nodeArgs: HEAP_ARGS });
      await drained.until("the load waits", () => somebodyWaits(database));
      await drained.until("hands are full", () => server.counts().delivered > 64 - 20);
      // Time enough for all of the queue, if nothing held it back.
      const sinceMs = Date.now();
      await until("two seconds are over", () => Date.now() - sinceMs > 2_000);
      // 64 MiB.
      expect(server.counts()).toMatchObject({ deleted: 0, redelivered: 0 });
      expect(server.counts().delivered).toBeLessThanOrEqual(64);
    });
    const result = await drained?.result;
    if (result === undefined) throw new Error("the drain was not started");
    const report = reportOf(result);
    expect(report).toMatchObject({
      received: COUNT,
      loaded: COUNT,
      deleted: COUNT,
      stopped_because: "empty",
    });
    expect(outcomes(report)).toBe(COUNT);
    expect(result.exitCode).toBe(0);
    expect(server.counts()).toMatchObject({ visible: 0, in_flight: 0, deleted: COUNT, redelivered: 0 });
    expect(await database.query("select from user_logins")).toHaveLength(COUNT);
  } finally {
    await server.stop();
  }
});
