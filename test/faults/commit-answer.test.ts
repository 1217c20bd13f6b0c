import { expect } from "vitest";
import { outcomes } from "../support/bench.js";
import { proxied as test } from "../support/database-bench.js";
import { drainRest } from "../support/drain-rest.js";
import { HURRIED } from "../support/hurry.js";
import { settled, traceableEvents } from "../support/settled.js";
import { LOAD_STATEMENT, REJECTS_STATEMENT, whenAnswered, whenAsked } from "../support/tcp-proxy/postgres.js";

test.for([
  ["cut", 0],
  ["reset", 0],
  ["cut", 0.5],
  ["reset", 0.9],
] as const)(
  "an answer to a commit that is lost (%s after %d of it): loaded once, and reported as loaded, not as a duplicate",
  async ([ending, part], { proxy, queue, database, drain }) => {
    const sent = queue.send(traceableEvents(300));
    const deliver = (bytes: number): number => Math.floor(bytes * part);
    const trap = proxy.trap({ watch: whenAnswered(LOAD_STATEMENT, { deliver }), ending, times: 3 });
    const { exitCode, report } = await drain(["--batch-size", "50"]);

    expect([exitCode, trap.sprung]).toEqual([0, 3]);
    expect(report).toMatchObject({ received: 300, loaded: 300, duplicates: 0, deleted: 300, in_doubt: 0 });
    expect(report.retries).toBe(3);
    expect(await settled({ sent, queue, database })).toEqual({ rows: 300, rejects: 0, queued: 0 });
  },
);

test("an answer to a commit that is lost, and nobody can be asked any more: in doubt, and a duplicate later", async ({
  proxy,
  queue,
  database,
  drain,
}) => {
  const sent = queue.send(traceableEvents(300));
  const trap = proxy.trap({
    watch: whenAnswered(),
    ending: "cut",
    onSprung: () => {
      proxy.refuse();
      proxy.cut();
    },
  });
  const args = ["--batch-size", "50", "--visibility", "2"];
  const { exitCode, report } = await drain(args, { nodeArgs: HURRIED });

  expect([exitCode, trap.sprung]).toEqual([75, 1]);
  expect(report).toMatchObject({ stopped_because: "error", error: { kind: "unavailable" }, deleted: 0 });
  // Whatever was under way: the other statement may or may not have arrived, and a batch may have been a small one.
  expect(report.in_doubt).toBeGreaterThan(0);
  expect(outcomes(report)).toBe(report.received);
  const { rows } = await settled({ sent, queue, database, isCutOff: true });
  expect(rows).toBeGreaterThan(0);
  expect(rows).toBeLessThanOrEqual(report.in_doubt);

  await proxy.accept();
  const rest = await drainRest({ queue, drain });
  expect(rest.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(rows);
  expect(rest.reduce((sum, { loaded }) => sum + loaded, 0)).toBe(300 - rows);
  expect(await settled({ sent, queue, database })).toEqual({ rows: 300, rejects: 0, queued: 0 });
});

test.for(["cut", "reset"] as const)(
  "a statement that is lost on its way to the server (%s) is sent again",
  async (ending, { proxy, queue, database, drain }) => {
    const sent = queue.send(traceableEvents(300));
    const trap = proxy.trap({ watch: whenAsked(), ending, times: 3 });
    const { exitCode, report } = await drain(["--batch-size", "50"]);
    expect([exitCode, trap.sprung]).toEqual([0, 3]);
    expect(report).toMatchObject({ received: 300, loaded: 300, duplicates: 0, deleted: 300, retries: 3 });
    expect(await settled({ sent, queue, database })).toEqual({ rows: 300, rejects: 0, queued: 0 });
  },
);

test("an answer that is lost after rejects were quarantined: recorded once, and deleted", async ({
  proxy,
  queue,
  database,
  drain,
}) => {
  const sent = queue.send(traceableEvents(100, { foreign: 0.3 }));
  const trap = proxy.trap({ watch: whenAnswered(REJECTS_STATEMENT), ending: "cut" });
  const { exitCode, report } = await drain(["--on-reject", "quarantine"]);
  expect([exitCode, trap.sprung]).toEqual([3, 1]);
  expect(report).toMatchObject({ received: 100, duplicates: 0, deleted: 100, in_doubt: 0, retries: 1 });
  const { loaded, rejected } = report;
  expect(await settled({ sent, queue, database })).toEqual({ rows: loaded, rejects: rejected, queued: 0 });
});
