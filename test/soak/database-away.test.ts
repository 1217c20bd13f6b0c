import { expect } from "vitest";
import { outcomes, reportOf } from "../support/bench.js";
import { rowCount, proxied as test } from "../support/database-bench.js";
import { drainRest } from "../support/drain-rest.js";
import { settled, traceableEvents } from "../support/settled.js";
import { whenAsked } from "../support/tcp-proxy/postgres.js";

const AWAY_MS = 30_000;
const PATIENT = { timeoutMs: 400_000 };

test("a database that is away for 30 s: heartbeats keep the messages, nothing is delivered again", async ({
  proxy,
  queue,
  database,
  startDrain,
}) => {
  const sent = queue.send(traceableEvents(5_000));
  const running = startDrain(["--batch-size", "50", "--visibility", "10"], PATIENT);
  await running.until("rows are there", async () => (await rowCount(database)) > 0);
  proxy.refuse();
  proxy.cut();
  await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
  await proxy.accept();
  const result = await running.result;
  const report = reportOf(result);
  expect(result.exitCode).toBe(0);
  expect(report).toMatchObject({
    received: 5_000,
    loaded: 5_000,
    duplicates: 0,
    deleted: 5_000,
    in_doubt: 0,
  });
  expect(report.requests.extend).toBeGreaterThan(0);
  expect(await settled({ sent, queue, database })).toEqual({ rows: 5_000, rejects: 0, queued: 0 });
});

test("a database that does not come back: given up after a minute with 75, everything not loaded is back", async ({
  proxy,
  queue,
  database,
  drain,
  startDrain,
}) => {
  const sent = queue.send(traceableEvents(5_000));
  const running = startDrain(["--batch-size", "50", "--visibility", "10"], PATIENT);
  await running.until("rows are there", async () => (await rowCount(database)) > 0);
  proxy.refuse();
  proxy.reset();
  const result = await running.result;
  const report = reportOf(result);
  expect(result.exitCode).toBe(75);
  expect(report).toMatchObject({ stopped_because: "error", error: { code: "database_unavailable" } });
  expect(outcomes(report)).toBe(report.received);
  await settled({ sent, queue, database, isCutOff: true });

  await proxy.accept();
  await drainRest({ queue, drain });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 5_000, rejects: 0, queued: 0 });
});

test("a connection that goes silent in the middle of a statement: given up after the statement's minute", async ({
  proxy,
  queue,
  database,
  startDrain,
}) => {
  const sent = queue.send(traceableEvents(1_000));
  const trap = proxy.trap({ watch: whenAsked(), ending: "blackhole" });
  const result = await startDrain(["--batch-size", "50", "--visibility", "10"], PATIENT).result;
  expect(trap.sprung).toBe(1);
  const report = reportOf(result);
  expect(result.exitCode).toBe(0);
  expect(report).toMatchObject({
    received: 1_000,
    loaded: 1_000,
    duplicates: 0,
    deleted: 1_000,
    in_doubt: 0,
  });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 1_000, rejects: 0, queued: 0 });
});
