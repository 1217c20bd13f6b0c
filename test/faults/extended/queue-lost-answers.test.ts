import { describe, expect } from "vitest";
import { outcomes } from "../../support/bench.js";
import { cutAnswer, loseAnswer } from "../../support/sqs-faults/answers.js";
import { test } from "../../support/sqs-faults/bench.js";
import { every } from "../../support/sqs-faults/refusals.js";
import { DRAIN_WAYS } from "../../support/sqs-faults/ways.js";

const LOSSES = [
  ["lost", loseAnswer],
  ["cut off in the middle", cutAnswer],
] as const;

describe.concurrent.for(LOSSES)("answers are %s", ([_how, lose]) => {
  test("to ReceiveMessage: what was handed out comes back by itself, and --max stays exact", async ({
    faults,
    faulty,
    queue,
    send,
    settled,
  }) => {
    const sent = send(90);
    faults.on("ReceiveMessage", every(3, lose));
    const { exitCode, report } = await faulty(["--max", "70", "--visibility", "2", "--concurrency", "4"]);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ received: 70, deleted: report.loaded, delete_failed: 0 });
    expect(outcomes(report)).toBe(70);
    expect(faults.faulted("ReceiveMessage")).toBeGreaterThan(0);
    expect(queue.messageIds()).toHaveLength(90 - report.loaded);
    await settled(sent);
  });

  test.for(DRAIN_WAYS)(
    "to DeleteMessageBatch: asked for once more, and all are deleted ($way)",
    async ({ way, args }, { faults, faulty, send, settled }) => {
      const sent = send(100);
      faults.on("DeleteMessageBatch", every(2, lose));
      const { exitCode, report } = await faulty([...args, "--max", "100"]);
      expect(exitCode).toBe(0);
      expect(report).toMatchObject({ received: 100, loaded: 100, deleted: 100, delete_failed: 0 });
      expect(faults.faulted("DeleteMessageBatch")).toBeGreaterThanOrEqual(9);
      // What a direct request fails with, the SDK may have been asked for well: that is no retry of the drain's.
      if (way === "sdk") expect(report.retries).toBeGreaterThanOrEqual(5);
      expect(await settled(sent)).toBeUndefined();
    },
  );
});

test("answers to every third call are lost, with the SDK's own repetitions", async ({
  faults,
  faulty,
  send,
  settled,
}) => {
  const sent = send(100);
  for (const action of ["ReceiveMessage", "DeleteMessageBatch", "GetQueueAttributes"] as const) {
    faults.on(action, every(3, loseAnswer));
  }
  const { exitCode, report } = await faulty(["--visibility", "2"], { AWS_MAX_ATTEMPTS: "3" });
  expect(exitCode).toBe(0);
  expect(outcomes(report)).toBe(report.received);
  await settled(sent);
});
