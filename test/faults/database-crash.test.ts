import { expect } from "vitest";
import { outcomes, reportOf } from "../support/bench.js";
import type { RunningCli } from "../support/cli.js";
import { crashable as test } from "../support/database-bench.js";
import { inTheMiddle } from "../support/in-the-middle.js";
import { settled, traceableEvents } from "../support/settled.js";

test.for(["immediate", "fast"] as const)(
  "a database that is restarted (%s) while rows are loaded: the drain goes on, each message is loaded once",
  async (mode, { postgres, database, queue, startDrain }) => {
    const sent = queue.send(traceableEvents(3_000));
    const start = (): RunningCli => startDrain(["--batch-size", "50"]);
    // The load waits for a lock of a session that the restart ends too.
    const running = await inTheMiddle(database, start, () => postgres.restart(mode));
    const result = await running.result;
    const report = reportOf(result);

    expect(result.exitCode).toBe(0);
    expect(report.retries).toBeGreaterThan(0);
    expect(report).toMatchObject({
      stopped_because: "empty",
      received: 3_000,
      loaded: 3_000,
      deleted: 3_000,
    });
    expect(outcomes(report)).toBe(report.received);
    expect(await settled({ sent, queue, database })).toEqual({ rows: 3_000, rejects: 0, queued: 0 });
  },
);
