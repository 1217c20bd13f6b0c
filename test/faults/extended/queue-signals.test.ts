import { describe, expect } from "vitest";
import { outcomes, reportOf } from "../../support/bench.js";
import { type FaultyBench, test } from "../../support/sqs-faults/bench.js";
import type { Action, Fault } from "../../support/sqs-faults/fault.js";
import { always, hang, refuse } from "../../support/sqs-faults/refusals.js";
import { soon } from "../../support/sqs-faults/soon.js";
import { until } from "../../support/until.js";

const ACTIONS: readonly Action[] = [
  "ReceiveMessage",
  "DeleteMessageBatch",
  "ChangeMessageVisibilityBatch",
  "GetQueueAttributes",
];
function failAll(faults: FaultyBench["faults"], fault: Fault): void {
  for (const action of ACTIONS) faults.on(action, always(fault));
}

describe.concurrent("an interrupt while SQS", () => {
  test.for<[what: string, fault: Fault]>([
    ["refuses", refuse("ServiceUnavailable", 503)],
    ["does not answer", hang],
  ])(
    "%s receives only: the run ends cleanly",
    async ([_what, fault], { faults, startFaulty, send, settled }) => {
      const sent = send(50);
      // Long polls, so that the queue is not found to be empty before the fault is there.
      const running = startFaulty(["--visibility", "3", "--wait", "4"]);
      await running.until("all are deleted", () => faults.asked("DeleteMessageBatch") >= 5);
      faults.on("ReceiveMessage", always(fault));
      const before = faults.faulted("ReceiveMessage");
      await running.until("it receives in vain", () => faults.faulted("ReceiveMessage") > before);
      running.signal("SIGINT");
      const result = await soon(running);
      expect(result.exitCode).toBe(130);
      expect(reportOf(result)).toMatchObject({ stopped_because: "signal", in_doubt: 0, delete_failed: 0 });
      await settled(sent);
    },
  );

  test.for<[what: string, fault: Fault]>([
    ["refuses", refuse("ServiceUnavailable", 503)],
    ["does not answer", hang],
  ])(
    "%s everything, with nothing in hand: the run ends",
    async ([_what, fault], { faults, startFaulty, send, settled }) => {
      const sent = send(50);
      const running = startFaulty(["--visibility", "3"]);
      await running.until("all are deleted", () => faults.asked("DeleteMessageBatch") >= 5);
      failAll(faults, fault);
      await running.until("it asks in vain", () => faults.requests.some(({ isFaulted }) => isFaulted));
      running.signal("SIGINT");
      const result = await soon(running);
      expect(result.exitCode).toBe(130);
      expect(reportOf(result)).toMatchObject({ stopped_because: "signal", queue_after: null });
      await settled(sent);
    },
  );

  test("does not take messages back: the run does not wait for it", async ({
    faults,
    startFaulty,
    send,
    settled,
  }) => {
    const sent = send(200);
    const running = startFaulty(["--dry-run", "--visibility", "4"]);
    await running.until("it has received", () => faults.asked("ReceiveMessage") > 3);
    faults.on("ChangeMessageVisibilityBatch", always(hang));
    running.signal("SIGINT");
    const result = await soon(running);
    expect(result.exitCode).toBe(130);
    const report = reportOf(result);
    expect(report.released).toBe(report.received);
    await settled(sent);
  });

  test.for<[what: string, fault: Fault]>([
    ["refuses", refuse("ServiceUnavailable", 503)],
    ["does not answer", hang],
  ])(
    "%s deletes: it is waited for, and a second interrupt ends the run at once",
    async ([_what, fault], { faults, startFaulty, send, settled }) => {
      const sent = send(50);
      faults.on("DeleteMessageBatch", always(fault));
      const running = startFaulty(["--visibility", "3"]);
      await running.until("it deletes in vain", () => faults.faulted("DeleteMessageBatch") > 0);
      running.signal("SIGINT");
      // Two that come at the same time are one: again and again, like an impatient user.
      let isOver = false;
      void running.result.then(() => {
        isOver = true;
      });
      await until("it has ended", () => {
        if (!isOver) running.signal("SIGINT");
        return isOver;
      });
      const result = await soon(running);
      expect(result.exitCode).toBe(130);
      const report = reportOf(result);
      expect(report).toMatchObject({ stopped_because: "signal", queue_after: null });
      expect(outcomes(report)).toBe(report.received);
      expect(report.delete_failed).toBeGreaterThan(0);
      await settled(sent);
    },
  );
});
