import { describe, expect } from "vitest";
import { outcomes, reportOf } from "../../support/bench.js";
import { settled, traceableEvents } from "../../support/settled.js";
import { hold, STAGES, test } from "../../support/stages.js";

const COUNT = 120;
const ARGS = ["--batch-size", "40"];

describe.concurrent("SIGTERM: what is in hand is finished, the rest is given back, nothing is lost", () => {
  test.for(STAGES)("while $name", async (stage, { proxies, queue, database, startDrain }) => {
    const sent = queue.send(traceableEvents(COUNT));
    const held = hold(stage, proxies);
    const running = startDrain(ARGS);
    await held.reached();
    running.signal("SIGTERM");
    held.release();
    const result = await running.result;
    expect(result.signal).toBeUndefined();
    const report = reportOf(result);
    if ("error" in report && report.received === undefined) {
      // Before the first receive there is nothing to report.
      expect(result.exitCode).toBe(143);
      expect(await settled({ sent, queue, database })).toEqual({ rows: 0, rejects: 0, queued: COUNT });
      return;
    }
    // A run that had come to its end before the signal has no reason to say otherwise.
    expect(result.exitCode).toBe(report.stopped_because === "signal" ? 143 : 0);
    expect(report).toMatchObject({
      in_doubt: 0,
      delete_failed: 0,
      deleted: report.loaded + report.duplicates,
    });
    expect(outcomes(report)).toBe(report.received);
    const { loaded } = report;
    expect(queue.counts()).toEqual({ visible: COUNT - loaded, in_flight: 0, delayed: 0 });
    expect(await settled({ sent, queue, database })).toEqual({
      rows: loaded,
      rejects: 0,
      queued: COUNT - loaded,
    });
  });
});
