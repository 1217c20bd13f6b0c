import { expect } from "vitest";
import { outcomes, reportOf } from "../../support/bench.js";
import type { RunningCli } from "../../support/cli.js";
import { proxied as test } from "../../support/database-bench.js";
import { drainRest } from "../../support/drain-rest.js";
import { HURRIED } from "../../support/hurry.js";
import { inTheMiddle } from "../../support/in-the-middle.js";
import { settled, traceableEvents } from "../../support/settled.js";
import {
  FINISH_STATEMENT,
  PRUNE_STATEMENT,
  REJECTS_STATEMENT,
  whenAsked,
} from "../../support/tcp-proxy/postgres.js";

test.for(["cut", "reset"] as const)(
  "a database that is away for a while (%s, then connections refused) is waited for",
  async (how, { proxy, queue, database, startDrain }) => {
    const sent = queue.send(traceableEvents(3_000));
    const start = (): RunningCli => startDrain(["--batch-size", "50", "--log-level", "info"]);
    const running = await inTheMiddle(database, start, () => {
      proxy.refuse();
      proxy[how]();
    });
    await running.untilStderr(/load: database_unavailable, attempt 4/);
    await proxy.accept();
    const result = await running.result;
    const report = reportOf(result);
    expect(result.exitCode).toBe(0);
    expect(report).toMatchObject({ received: 3_000, loaded: 3_000, duplicates: 0, deleted: 3_000 });
    expect(await settled({ sent, queue, database })).toEqual({ rows: 3_000, rejects: 0, queued: 0 });
  },
);

test("a database that does not come back: exit code 75, and everything not loaded is back on the queue", async ({
  proxy,
  queue,
  database,
  drain,
  startDrain,
}) => {
  const sent = queue.send(traceableEvents(3_000));
  const start = (): RunningCli =>
    startDrain(["--batch-size", "50", "--visibility", "2"], { nodeArgs: HURRIED });
  const running = await inTheMiddle(database, start, () => {
    proxy.refuse();
    proxy.reset();
  });
  const result = await running.result;
  const report = reportOf(result);
  expect(result.exitCode).toBe(75);
  expect(result.stderr).toMatch(/refused the connection/);
  expect(report).toMatchObject({ stopped_because: "error", error: { code: "database_unavailable" } });
  expect(report.released).toBeGreaterThan(0);
  expect(outcomes(report)).toBe(report.received);
  // What is in doubt is not given back; it comes back when its lease ends.
  expect(queue.counts().in_flight).toBeLessThanOrEqual(report.in_doubt);
  await settled({ sent, queue, database, isCutOff: true });

  await proxy.accept();
  await drainRest({ queue, drain });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 3_000, rejects: 0, queued: 0 });
});

test("a database that is away when rejects are to be recorded: they stay on the queue", async ({
  proxy,
  queue,
  database,
  drain,
}) => {
  const sent = queue.send(traceableEvents(50, { foreign: 1 }));
  const trap = proxy.trap({ watch: whenAsked(REJECTS_STATEMENT), ending: "reset", onSprung: proxy.refuse });
  const { exitCode, report } = await drain(["--on-reject", "quarantine"], { nodeArgs: HURRIED });
  expect([exitCode, trap.sprung]).toEqual([75, 1]);
  expect(report).toMatchObject({ received: 50, rejected: 0, released: 50, deleted: 0 });
  expect(queue.counts()).toEqual({ visible: 50, in_flight: 0, delayed: 0 });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 0, rejects: 0, queued: 50 });
});

test("a database that is away when the run is to be recorded: waited for, and recorded", async ({
  proxy,
  queue,
  database,
  drain,
}) => {
  const sent = queue.send(traceableEvents(50));
  const trap = proxy.trap({ watch: whenAsked(FINISH_STATEMENT), ending: "cut", times: 2 });
  const { exitCode, report } = await drain();
  expect([exitCode, trap.sprung]).toEqual([0, 2]);
  expect(report).toMatchObject({ loaded: 50, deleted: 50, retries: 2 });
  expect(await database.query("select stopped_because from sqs2pg.runs")).toEqual([
    { stopped_because: "empty" },
  ]);
  expect(await settled({ sent, queue, database })).toEqual({ rows: 50, rejects: 0, queued: 0 });
});

test("a database that is gone for good when the run is to be recorded: 75, and all is loaded and deleted", async ({
  proxy,
  queue,
  database,
  drain,
}) => {
  const sent = queue.send(traceableEvents(50));
  proxy.trap({ watch: whenAsked(FINISH_STATEMENT), ending: "cut", onSprung: proxy.refuse });
  const { exitCode, report } = await drain([], { nodeArgs: HURRIED });
  expect(exitCode).toBe(75);
  expect(report).toMatchObject({ stopped_because: "error", loaded: 50, deleted: 50, in_doubt: 0 });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 50, rejects: 0, queued: 0 });
});

test("a database that is gone when the ledger is to be pruned: a notice, and done", async ({
  proxy,
  queue,
  database,
  drain,
}) => {
  const sent = queue.send(traceableEvents(50));
  proxy.trap({ watch: whenAsked(PRUNE_STATEMENT), ending: "reset", onSprung: proxy.refuse });
  const { exitCode, report, stderr } = await drain();
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/the ledger could not be pruned/);
  expect(report).toMatchObject({ stopped_because: "empty", loaded: 50, deleted: 50 });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 50, rejects: 0, queued: 0 });
});
