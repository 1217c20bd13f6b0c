import { describe, expect } from "vitest";
import { addGate, outcomes, reportOf, somebodyWaits, test, whileLocked } from "../support/bench.js";
import type { RunningCli } from "../support/cli.js";
import { settled, traceableEvents } from "../support/settled.js";

describe.concurrent("a signal", () => {
  test.for([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "%s while a load waits for a lock: the load is finished, the rest is given back",
    async ([name, code], { queue, database, startDrain }) => {
      const sent = queue.send(traceableEvents(500));
      await addGate(database);
      let running: RunningCli | undefined;
      await whileLocked(database, "lock table gate", async () => {
        running = startDrain(["--batch-size", "50"]);
        await running.until("a load waits", () => somebodyWaits(database));
        running.signal(name);
        await running.untilStderr(/finishing what is in hand/);
      });
      const result = await running?.result;
      if (result === undefined) throw new Error("the drain was not started");
      const report = reportOf(result);
      expect(result).toMatchObject({ exitCode: code, signal: undefined });
      expect(report).toMatchObject({ stopped_because: "signal", in_doubt: 0, duplicates: 0 });
      expect(report.loaded).toBeGreaterThanOrEqual(50);
      expect(outcomes(report)).toBe(report.received);
      const { loaded } = report;
      expect(queue.counts()).toEqual({ visible: 500 - loaded, in_flight: 0, delayed: 0 });
      expect(await settled({ sent, queue, database })).toEqual({
        rows: loaded,
        rejects: 0,
        queued: 500 - loaded,
      });
    },
  );

  test("while rows wait for a full batch: they are loaded as they are", async ({
    queue,
    database,
    startDrain,
  }) => {
    const sent = queue.send(traceableEvents(5));
    const running = startDrain(["--wait", "20"]);
    await running.until("they are in hand", () => queue.counts().in_flight === 5);
    running.signal("SIGTERM");
    const result = await running.result;
    expect(result.exitCode).toBe(143);
    const report = reportOf(result);
    expect(report.in_doubt).toBe(0);
    expect(report.loaded + report.released).toBe(5);
    const { loaded, released } = report;
    expect(await settled({ sent, queue, database })).toEqual({ rows: loaded, rejects: 0, queued: released });
  });
});
