import { expect } from "vitest";
import { outcomes, reportOf } from "../../support/bench.js";
import { proxied as test } from "../../support/database-bench.js";
import { drainRest } from "../../support/drain-rest.js";
import { HURRIED } from "../../support/hurry.js";
import { settled, traceableEvents } from "../../support/settled.js";
import { whenAnswered, whenAsked } from "../../support/tcp-proxy/postgres.js";

test.for([
  ["after the commit", whenAnswered],
  ["before the statement", whenAsked],
] as const)(
  "a connection that goes silent %s is given up: loaded once, and reported as loaded",
  async ([, when], { proxy, queue, database, drain }) => {
    const sent = queue.send(traceableEvents(200));
    const trap = proxy.trap({ watch: when(), ending: "blackhole" });
    const { exitCode, report } = await drain(["--batch-size", "50"], { nodeArgs: HURRIED });
    expect([exitCode, trap.sprung]).toEqual([0, 1]);
    expect(report).toMatchObject({ received: 200, loaded: 200, duplicates: 0, deleted: 200, retries: 1 });
    expect(await settled({ sent, queue, database })).toEqual({ rows: 200, rejects: 0, queued: 0 });
  },
);

test("two signals end a drain at once although the database is silent", async ({
  proxy,
  queue,
  database,
  drain,
  startDrain,
}) => {
  const sent = queue.send(traceableEvents(200));
  const silence = (): void => proxy.flow("both", "blackhole");
  const trap = proxy.trap({ watch: whenAnswered(), ending: "blackhole", onSprung: silence });
  const running = startDrain(["--batch-size", "50", "--visibility", "2"]);
  await running.until("it is silent", () => trap.sprung === 1);
  running.signal("SIGTERM");
  await running.untilStderr(/finishing what is in hand/);
  running.signal("SIGTERM");
  const result = await running.result;
  const report = reportOf(result);
  expect(result).toMatchObject({ exitCode: 143, signal: undefined });
  expect(report).toMatchObject({ stopped_because: "signal", loaded: 0, deleted: 0 });
  expect(outcomes(report)).toBe(report.received);
  expect((await settled({ sent, queue, database, isCutOff: true })).rows).toBeGreaterThan(0);

  proxy.flow("both", "pass");
  await drainRest({ queue, drain });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 200, rejects: 0, queued: 0 });
});
