import { expect } from "vitest";
import { addGate, reportOf, somebodyWaits, test, whileLocked } from "../support/bench.js";
import { loginEvents } from "../support/events.js";
import { until } from "../support/until.js";

test("a heartbeat keeps the messages of a load that takes longer than their visibility timeout", async ({
  queue,
  database,
  startDrain,
}) => {
  queue.send([...loginEvents(25, { foreign: 0, duplicates: 0 })]);
  await addGate(database);
  let drained: ReturnType<typeof startDrain> | undefined;
  await whileLocked(database, "lock table gate", async () => {
    const visibilitySeconds = 2;
    drained = startDrain(["--visibility", String(visibilitySeconds)]);
    await drained.until("the load waits", () => somebodyWaits(database));
    // Without a heartbeat they would be back by then, and this drain would receive them again.
    const sinceMs = Date.now();
    await until("two visibility timeouts are over", () => Date.now() - sinceMs > 2_000 * visibilitySeconds);
    expect(queue.counts()).toEqual({ visible: 0, in_flight: 25, delayed: 0 });
  });
  const result = await drained?.result;
  if (result === undefined) throw new Error("the drain was not started");
  const report = reportOf(result);
  expect(result.exitCode).toBe(0);
  expect(report).toMatchObject({ received: 25, loaded: 25, duplicates: 0, deleted: 25, delete_failed: 0 });
  expect(report.requests.extend).toBeGreaterThan(0);
  expect(queue.messageIds()).toEqual([]);
});
