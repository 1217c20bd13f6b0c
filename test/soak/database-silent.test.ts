import { expect } from "vitest";
import { outcomes } from "../support/bench.js";
import { proxied as test } from "../support/database-bench.js";
import { drainRest } from "../support/drain-rest.js";
import { settled, traceableEvents } from "../support/settled.js";
import { whenAnswered } from "../support/tcp-proxy/postgres.js";

test("a network that goes silent for good: exit code 75, and what nobody can know is in doubt", async ({
  proxy,
  queue,
  database,
  drain,
}) => {
  const sent = queue.send(traceableEvents(200));
  const silence = (): void => proxy.flow("both", "blackhole");
  proxy.trap({ watch: whenAnswered(), ending: "blackhole", onSprung: silence });
  const { exitCode, report } = await drain(["--batch-size", "50", "--visibility", "2"], {
    timeoutMs: 400_000,
  });
  expect(exitCode).toBe(75);
  expect(report).toMatchObject({ stopped_because: "error", error: { code: "database_unavailable" } });
  expect(report.in_doubt).toBeGreaterThan(0);
  expect(outcomes(report)).toBe(report.received);
  await settled({ sent, queue, database, isCutOff: true });

  proxy.flow("both", "pass");
  await drainRest({ queue, drain });
  expect(await settled({ sent, queue, database })).toEqual({ rows: 200, rejects: 0, queued: 0 });
});
