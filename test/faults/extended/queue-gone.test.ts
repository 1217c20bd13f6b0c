import { DeleteQueueCommand, PurgeQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect } from "vitest";
import { addGate, outcomes, reportOf, somebodyWaits, whileLocked } from "../../support/bench.js";
import { settled as whereabouts } from "../../support/settled.js";
import type { SqsServer } from "../../support/sqs.js";
import { test } from "../../support/sqs-faults/bench.js";
import { always, refuse } from "../../support/sqs-faults/refusals.js";

async function withClient<Result>(
  { client }: SqsServer,
  action: (client: SQSClient) => Promise<Result>,
): Promise<void> {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const administrator = new SQSClient(client);
  await action(administrator);
  administrator.destroy();
}

describe.concurrent("somebody takes the queue away in the middle", () => {
  test("deleted: the run says so, and what it had received and committed stays loaded", async ({
    sqs,
    startFaulty,
    queue,
    database,
    send,
  }) => {
    const sent = send(40);
    await addGate(database);
    let drained: ReturnType<typeof startFaulty> | undefined;
    await whileLocked(database, "lock table gate", async () => {
      drained = startFaulty();
      await drained.until("a load waits", () => somebodyWaits(database));
      await drained.until("all are in hand", () => queue.counts().in_flight === 40);
      await withClient(sqs, (client) => client.send(new DeleteQueueCommand({ QueueUrl: queue.url })));
    });
    if (drained === undefined) throw new Error("the drain was not started");
    const result = await drained.result;
    const report = reportOf(result);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(`there is no queue "${queue.name}"`);
    expect(report.error).toMatchObject({ code: "queue_missing" });
    expect(outcomes(report)).toBe(report.received);
    // What SQS deleted is gone; what was under way at that moment is in the table, once.
    expect(report.loaded + report.released).toBe(40);
    const none = { ...queue, messageIds: () => sent.map(({ messageId }) => messageId) };
    expect(await whereabouts({ sent, queue: none, database, isCutOff: true })).toMatchObject({
      rows: report.loaded,
    });
  });

  test("purged: what is in hand is loaded, the rest is gone, and the run ends as on an empty queue", async ({
    sqs,
    startFaulty,
    queue,
    database,
    send,
  }) => {
    const sent = send(40);
    await addGate(database);
    let drained: ReturnType<typeof startFaulty> | undefined;
    await whileLocked(database, "lock table gate", async () => {
      drained = startFaulty();
      await drained.until("a load waits", () => somebodyWaits(database));
      await drained.until("all are in hand", () => queue.counts().in_flight === 40);
      await withClient(sqs, (client) => client.send(new PurgeQueueCommand({ QueueUrl: queue.url })));
    });
    if (drained === undefined) throw new Error("the drain was not started");
    const result = await drained.result;
    const report = reportOf(result);
    expect(result.exitCode).toBe(0);
    expect(report).toMatchObject({ received: 40, loaded: 40, deleted: 40, delete_failed: 0 });
    expect(await whereabouts({ sent, queue, database })).toEqual({ rows: 40, rejects: 0, queued: 0 });
  });
});

describe.concurrent("the queue has as many messages in flight as SQS allows", () => {
  test("a receive is refused with OverLimit until others have deleted theirs: waited for", async ({
    faults,
    startFaulty,
    send,
    settled,
  }) => {
    const sent = send(30);
    faults.on("ReceiveMessage", always(refuse("OverLimit", 403)));
    const running = startFaulty(["--max", "30", "--log-level", "info"]);
    await running.untilStderr(/receive: over_limit, attempt 3 /);
    faults.heal();
    const result = await running.result;
    expect(result.exitCode).toBe(0);
    expect(reportOf(result)).toMatchObject({ received: 30, loaded: 30, deleted: 30 });
    expect(await settled(sent)).toBeUndefined();
  });

  test("a standard queue looks empty then: the run ends, but not as if nothing were left", async ({
    faulty,
    queue,
    send,
    settled,
  }) => {
    const sent = send(30);
    const giveBack = queue.hold(30);
    const { exitCode, report } = await faulty();
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ stopped_because: "empty", received: 0 });
    expect(report.queue_after).toEqual({ visible: 0, in_flight: 30, delayed: 0 });
    giveBack();
    expect(await settled(sent)).toMatchObject({ loaded: 30 });
  });
});
