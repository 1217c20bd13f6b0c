import { describe, expect } from "vitest";
import { outcomes, reportOf } from "../support/bench.js";
import { test } from "../support/sqs-faults/bench.js";
import { always, between, hang, inTurn, refuse, TRANSIENT } from "../support/sqs-faults/refusals.js";
import { soon } from "../support/sqs-faults/soon.js";

describe.concurrent("an SQS that is not itself for a while is waited for", () => {
  test("it refuses, with and without the SDK's own repetitions", async ({
    faults,
    faulty,
    send,
    settled,
  }) => {
    const sent = send(60);
    for (const action of ["ReceiveMessage", "DeleteMessageBatch"] as const) {
      faults.on(action, between(1, 7, inTurn(TRANSIENT)));
    }
    const { exitCode, report } = await faulty([], { AWS_MAX_ATTEMPTS: "3" });

    expect(exitCode).toBe(0);
    expect(faults.faulted("ReceiveMessage")).toBe(7);
    expect(faults.faulted("DeleteMessageBatch")).toBe(7);
    expect(report).toMatchObject({ received: 60, loaded: 60, duplicates: 0, deleted: 60, delete_failed: 0 });
    expect(report.retries).toBeGreaterThan(0);
    expect(outcomes(report)).toBe(60);
    expect(await settled(sent)).toBeUndefined();
  });

  test("every third request fails, whatever it is", async ({ faults, faulty, send, settled }) => {
    const sent = send(600);
    const trouble = inTurn(TRANSIENT);
    const actions = ["ReceiveMessage", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"] as const;
    for (const action of actions) {
      faults.on(action, (request) => (request.number % 3 === 0 ? trouble(request) : undefined));
    }
    const { exitCode, report } = await faulty(["--max", "600"]);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ received: 600, loaded: 600, deleted: 600, delete_failed: 0 });
    expect(faults.faulted("ReceiveMessage")).toBeGreaterThan(20);
    expect(faults.faulted("DeleteMessageBatch")).toBeGreaterThan(20);
    expect(await settled(sent)).toBeUndefined();
  });

  test("every tenth request is throttled, in each of SQS's words", async ({
    faults,
    faulty,
    send,
    settled,
  }) => {
    const sent = send(900);
    const refusals = [
      refuse("RequestThrottled", 403),
      refuse("ThrottlingException"),
      refuse("OverLimit", 403),
      refuse("TooManyRequestsException", 429),
    ];
    for (const action of ["ReceiveMessage", "DeleteMessageBatch"] as const) {
      const next = inTurn(refusals);
      faults.on(action, (request) => (request.number % 10 === 0 ? next(request) : undefined));
    }
    const { exitCode, report } = await faulty(["--max", "900"]);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ received: 900, loaded: 900, deleted: 900, delete_failed: 0 });
    expect(report.retries).toBeGreaterThanOrEqual(8);
    expect(await settled(sent)).toBeUndefined();
  });

  test("it takes no connections for some seconds", async ({ faults, startFaulty, queue, send, settled }) => {
    const sent = send(1_000);
    const running = startFaulty(["--visibility", "3", "--max", "1000", "--log-level", "info"]);
    await running.until("some are deleted", () => queue.messageIds().length < 900);
    await faults.goDown();
    await running.untilStderr(/(receive|delete): connection_refused, attempt 4 /);
    await faults.comeUp();
    const result = await running.result;
    const report = reportOf(result);
    expect(result.exitCode).toBe(0);
    expect(result.stderr).toMatch(/^\w+: [A-Z_]+, by way of the AWS SDK for 1000 ms$/m);
    expect(report).toMatchObject({ stopped_because: "max", received: 1_000 });
    expect(report.retries).toBeGreaterThan(0);
    expect(outcomes(report)).toBe(1_000);
    await settled(sent);
  });
});

describe.concurrent("an SQS that is gone", () => {
  test("at the start: nothing is taken", async ({ faults, startFaulty, queue, send }) => {
    send(10);
    await faults.goDown();
    const { exitCode, stderr } = await startFaulty().result;
    expect(exitCode).toBe(75);
    expect(stderr).toMatch(/cannot reach SQS at 127\.0\.0\.1:\d+: the connection is refused/);
    expect(queue.receiveCounts()).toEqual(Array(10).fill(0));
  });

  test("it answers nothing but errors at the start", async ({ faults, startFaulty, queue, send }) => {
    send(10);
    faults.on("GetQueueAttributes", always(refuse("ServiceUnavailable", 503)));
    const { exitCode, stderr } = await startFaulty().result;
    expect(exitCode).toBe(75);
    expect(stderr).toMatch(/answered GetQueueAttributes with HTTP 503/);
    expect(queue.receiveCounts()).toEqual(Array(10).fill(0));
  });
});

test("an SQS that does not take messages back does not hold up the end of a run", async ({
  faults,
  startFaulty,
  send,
  settled,
}) => {
  const sent = send(30);
  faults.on("ChangeMessageVisibilityBatch", always(hang));
  const result = await soon(startFaulty(["--dry-run", "--max", "30", "--visibility", "8"]));
  expect(result.exitCode).toBe(0);
  expect(reportOf(result)).toMatchObject({ received: 30, released: 30 });
  await settled(sent);
});
