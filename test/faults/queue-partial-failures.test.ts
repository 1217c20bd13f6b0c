import { describe, expect } from "vitest";
import { outcomes } from "../support/bench.js";
import { stale } from "../support/sqs-faults/answers.js";
import { test } from "../support/sqs-faults/bench.js";
import { failEntries } from "../support/sqs-faults/entries.js";
import { always, between, refuse } from "../support/sqs-faults/refusals.js";

const everyThird = (index: number): boolean => index % 3 === 0;
const serversFault = { code: "InternalError", senderFault: false };
const sendersFault = { code: "ReceiptHandleIsInvalid", senderFault: true };

describe.concurrent("a delete that was answered with HTTP 200 and failed in part", () => {
  test("SQS's fault: those entries are tried again until they are gone", async ({
    faults,
    faulty,
    send,
    settled,
  }) => {
    const sent = send(100);
    faults.on("DeleteMessageBatch", between(1, 15, always(failEntries(everyThird, serversFault))));
    const { exitCode, report } = await faulty(["--max", "100"]);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ received: 100, loaded: 100, deleted: 100, delete_failed: 0 });
    expect(await settled(sent)).toBeUndefined();
  });

  test("the sender's fault: counted as delete_failed, and the redelivery is a duplicate", async ({
    faults,
    faulty,
    send,
    settled,
  }) => {
    const sent = send(30);
    faults.on("DeleteMessageBatch", always(failEntries((index) => index === 4, sendersFault)));
    const { exitCode, report } = await faulty(["--max", "30", "--visibility", "2"]);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ received: 30, loaded: 30, deleted: 27, delete_failed: 3 });
    expect(faults.asked("DeleteMessageBatch")).toBe(3);
    expect(await settled(sent)).toMatchObject({ received: 3, loaded: 0, duplicates: 3, deleted: 3 });
  });

  test("reported as failed although they were carried out: asked for once more, and no harm done", async ({
    faults,
    faulty,
    send,
    settled,
  }) => {
    const sent = send(50);
    const lie = failEntries(everyThird, { ...serversFault, carriedOut: true });
    faults.on("DeleteMessageBatch", between(1, 5, always(lie)));
    const { report } = await faulty(["--max", "50"]);
    expect(report).toMatchObject({ loaded: 50, deleted: 50, delete_failed: 0 });
    expect(faults.asked("DeleteMessageBatch")).toBeGreaterThan(5);
    expect(await settled(sent)).toBeUndefined();
  });
});

describe.concurrent("deletes that fail", () => {
  test("for a while: tried again, nothing is left behind", async ({ faults, faulty, send, settled }) => {
    const sent = send(80);
    faults.on("DeleteMessageBatch", between(1, 24, always(refuse("InternalError", 500))));
    const { exitCode, report } = await faulty(["--max", "80"]);
    expect(exitCode).toBe(0);
    expect(faults.faulted("DeleteMessageBatch")).toBe(24);
    expect(report).toMatchObject({ loaded: 80, duplicates: 0, deleted: 80, delete_failed: 0 });
    expect(await settled(sent)).toBeUndefined();
  });

  test("until the messages have come back: deleted with the newest handle", async ({
    faults,
    startFaulty,
    queue,
    send,
    settled,
  }) => {
    const sent = send(10);
    // The counter goes on to say ten, so that the drain looks for more.
    faults.on("GetQueueAttributes", always(stale()));
    faults.on("ChangeMessageVisibilityBatch", always(refuse("InternalError", 500)));
    faults.on("DeleteMessageBatch", always(refuse("InternalError", 500)));
    const running = startFaulty(["--visibility", "2"]);
    const receives = (): number => queue.receiveCounts().filter((count) => count >= 2).length;
    await running.until("all were handed out again", () => receives() === 10);
    faults.heal("DeleteMessageBatch");
    await running.until("they are deleted", () => queue.messageIds().length === 0);
    faults.heal();
    const { exitCode, stdout } = await running.result;
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ loaded: 10, deleted: 10, delete_failed: 0 });
    expect(report.duplicates).toBe(report.received - 10);
    expect(outcomes(report)).toBe(report.received);
    expect(await settled(sent)).toBeUndefined();
  });
});
