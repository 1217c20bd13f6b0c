import { expect, test } from "vitest";
import { QueueError } from "../../../src/errors.js";
import { transient } from "../../support/fake-store.js";
import { bodies, createWorld, expectSound, REFUSED, REJECTED } from "./support.js";

const mixed = [...bodies(40), ...bodies(3, REJECTED), ...bodies(2, REFUSED)];

test("left on the queue, a reject is recorded without its body and comes back for the redrive policy", async () => {
  const world = createWorld({ bodies: mixed });
  const report = await world.drain();
  expect(report).toMatchObject({ received: 45, loaded: 40, rejected: 5, deleted: 40, released: 0 });
  expect(report.rejects).toEqual([
    { code: "missing", field: "user_id", count: 3, example_message_id: world.sent[40] },
    { code: "sqlstate_23514", field: "good_rows", count: 2, example_message_id: world.sent[43] },
  ]);
  expect(world.queue.left()).toEqual(world.sent.slice(40));
  // Not given back: each comes when its visibility timeout ends, and no sooner.
  expect(world.queue.counters().in_flight).toBe(5);
  expect(world.queue.calls.filter(({ method }) => method === "extend")).toEqual([]);

  const records = [...world.store.rejects.values()];
  expect(records).toHaveLength(5);
  expect(records[0]).toEqual({
    stage: "transform",
    code: "missing",
    field: "user_id",
    reason: "it is missing",
    messageId: world.sent[40],
    queue: "fake",
    runId: "run 1",
    shape: { length: 8 },
    sealedBody: null,
    receiveCount: 1,
    sentAtMs: expect.any(Number),
  });
  expectSound(world, report);
});

test("a reject that is left stays away while the run lasts, and comes back after it", async () => {
  const world = createWorld({ bodies: bodies(1, REJECTED) });
  world.queue.send(["much later"], 9_500);
  const limits = { visibilitySeconds: 5, waitSeconds: 20, maxDurationMs: 30_000 };
  const report = await world.drain({ limits });
  expect(report).toMatchObject({ received: 2, loaded: 1, rejected: 1 });
  expect(report.requests.extend).toBeGreaterThan(2);
  expectSound(world, report);

  const next = await world.drain({ limits });
  expect(next).toMatchObject({ received: 1, rejected: 1 });
});

test("a reject whose lease is lost all the same is a delivery like any other", async () => {
  const world = createWorld({ bodies: bodies(1, REJECTED) });
  world.queue.send(["much later"], 9_500);
  world.queue.fault = ({ method }) =>
    method === "extend" ? new QueueError("unavailable", "throttled", "slow down") : undefined;
  const report = await world.drain({
    limits: { visibilitySeconds: 5, waitSeconds: 20, maxDurationMs: 12_000 },
  });
  expect(report.rejected).toBeGreaterThan(1);
  expect(report.duplicates).toBe(0);
  expectSound(world, report);
});

test("rejects that cannot be kept away do not keep the run from ending", async () => {
  const world = createWorld({ bodies: bodies(18, REJECTED), queue: { latencyMs: 200 } });
  world.queue.fault = ({ method }) =>
    method === "extend" ? new QueueError("unavailable", "throttled", "slow down") : undefined;
  const report = await world.drain({ limits: { visibilitySeconds: 2, waitSeconds: 15 } });
  expect(report.stopped_because).toBe("empty");
  expect(world.seconds()).toBeLessThan(120);
  expectSound(world, report);
});

test("quarantined, its body is sealed and stored, and only then deleted", async () => {
  const world = createWorld({ bodies: mixed, store: { latencyMs: 500 } });
  const report = await world.drain({ quarantine: true });
  expect(report).toMatchObject({ received: 45, loaded: 40, rejected: 5, deleted: 45, released: 0 });
  expect(world.queue.left()).toEqual([]);
  const id = world.sent[40] ?? "";
  expect(world.store.rejects.get(id)?.sealedBody).toEqual(Buffer.from(`sealed ${id} ${REJECTED} 0`));
  expectSound(world, report);
});

test("what could not be recorded is not rejected: it goes back", async () => {
  const world = createWorld({ bodies: mixed });
  world.store.fault = (method) => (method === "saveRejects" ? transient() : undefined);
  for (const quarantine of [false, true]) {
    const before = world.queue.delivered();
    const report = await world.drain({ quarantine });
    expect(report).toMatchObject({ stopped_because: "error", rejected: 0, released: 5, in_doubt: 0 });
    expect(report.rejects).toEqual([]);
    expect(world.queue.counters()).toEqual({ visible: 5, in_flight: 0, delayed: 0 });
    expectSound(world, report, before);
  }
});

test("hundreds of rejects are recorded in few statements", async () => {
  const world = createWorld({ bodies: bodies(1_000, REJECTED) });
  const report = await world.drain();
  expect(report).toMatchObject({ rejected: 1_000, batches: 0 });
  expect(world.store.calls.filter(({ method }) => method === "saveRejects").length).toBeLessThanOrEqual(12);
});

test("a reject that is delivered twice while in hand is two rejected deliveries, and no duplicate", async () => {
  const world = createWorld({ bodies: bodies(3, REJECTED), store: { latencyMs: 20_000 } });
  world.queue.chances = { failedEntry: 1 };
  const report = await world.drain({ limits: { visibilitySeconds: 2, maxDurationMs: 8_000 } });
  expect(report).toMatchObject({ loaded: 0, duplicates: 0 });
  expect(report.rejected).toBeGreaterThan(3);
  expectSound(world, report);
});

test("more rejects than a run can keep away from the queue end it", async () => {
  const world = createWorld({ bodies: bodies(5_200, REJECTED), fifo: true });
  const report = await world.drain({ limits: { rejectsInARow: 10_000 } });
  expect(report.stopped_because).toBe("rejects");
  expect(report.rejected).toBeGreaterThan(5_000);
  expect(report.received).toBeLessThanOrEqual(5_200);
  expectSound(world, report);
});
