import { describe, expect } from "vitest";
import { outcomes, test } from "../../support/bench.js";
import { loginEvents } from "../../support/events.js";

const plain = { foreign: 0, duplicates: 0 };

describe.concurrent("a drain ends", () => {
  test("after exactly --max messages, whatever is on the queue", async ({ queue, database, drain }) => {
    const sent = queue.send([...loginEvents(5_000, plain)]);
    const { exitCode, report } = await drain(["--max", "1000"]);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({
      stopped_because: "max",
      received: 1_000,
      loaded: 1_000,
      deleted: 1_000,
      queue_after: { visible: 4_000, in_flight: 0, delayed: 0 },
    });
    expect(queue.counts()).toEqual({ visible: 4_000, in_flight: 0, delayed: 0 });
    const ledger = await database.query<{ message_id: string }>("select message_id from sqs2pg.ledger");
    const gone = new Set(ledger.map(({ message_id }) => message_id));
    const left = new Set(queue.messageIds());
    expect(sent.filter(({ messageId }) => gone.has(messageId) !== left.has(messageId))).toHaveLength(5_000);
  });

  test.for([1, 9, 11, 25])("--max %i receives no more", async (max, { queue, drain }) => {
    queue.send([...loginEvents(30, plain)]);
    expect((await drain(["--max", String(max)])).report).toMatchObject({ received: max, loaded: max });
    expect(queue.counts()).toEqual({ visible: 30 - max, in_flight: 0, delayed: 0 });
  });

  test("when the queue is empty from the start, with an empty report", async ({ queue, drain }) => {
    const { exitCode, report, stderr } = await drain(["--quiet"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(report).toMatchObject({
      queue: queue.name,
      stopped_because: "empty",
      received: 0,
      deleted: 0,
      batches: 0,
      rejects: [],
      warnings: {},
      queue_after: { visible: 0, in_flight: 0, delayed: 0 },
    });
  });

  test("without waiting for what others hold or what is delayed; it reports them", async ({
    queue,
    drain,
  }) => {
    queue.send([...loginEvents(3, plain)]);
    const giveBack = queue.hold(2);
    queue.send([...loginEvents(4, plain)], { delaySeconds: 900 });
    const { report } = await drain();
    giveBack();
    expect(report).toMatchObject({
      stopped_because: "empty",
      loaded: 1,
      queue_after: { visible: 0, in_flight: 2, delayed: 4 },
    });
  });

  test("after --max-duration, cleanly", async ({ queue, database, drain }) => {
    queue.send([...loginEvents(20_000, plain)]);
    const { exitCode, report } = await drain(["--max-duration", "1ms", "--concurrency", "1"]);
    expect(exitCode).toBe(0);
    expect(report.stopped_because).toBe("max-duration");
    expect(outcomes(report)).toBe(report.received);
    expect(report.in_doubt).toBe(0);
    expect(queue.counts()).toEqual({ visible: 20_000 - report.loaded, in_flight: 0, delayed: 0 });
    expect(await database.query("select from user_logins")).toHaveLength(report.loaded);
  });

  test("with every row in small batches as in large ones", async ({ queue, database, drain }) => {
    queue.send([...loginEvents(95, plain)]);
    const flags = ["--batch-size", "10", "--concurrency", "3", "--wait", "2", "--visibility", "30"];
    const { report } = await drain(flags);
    expect(report).toMatchObject({ received: 95, loaded: 95, deleted: 95 });
    expect(report.batches).toBeGreaterThanOrEqual(10);
    expect(await database.query("select from user_logins")).toHaveLength(95);
  });
});

describe.concurrent("two drains of one queue at once", () => {
  test("load each message once", async ({ queue, database, drain }) => {
    queue.send([...loginEvents(2_000, plain)]);
    const drained = await Promise.all([drain(), drain()]);
    expect(drained.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const loaded = drained.reduce((sum, { report }) => sum + report.loaded, 0);
    expect(loaded).toBe(2_000);
    expect(await database.query("select from user_logins")).toHaveLength(2_000);
    expect(queue.messageIds()).toEqual([]);
  });
});

test.concurrent("a FIFO queue is drained to its end, group by group", async ({ sqs, database, drain }) => {
  const queue = sqs.createQueue("logins.fifo");
  for (const groupId of ["one", "two"]) queue.send([...loginEvents(3, plain)], { groupId });
  const { report } = await drain(["--queue", queue.name]);
  expect(report).toMatchObject({ queue: "logins.fifo", received: 6, loaded: 6, deleted: 6 });
  expect(await database.query("select from user_logins")).toHaveLength(6);
  expect(queue.messageIds()).toEqual([]);
});
