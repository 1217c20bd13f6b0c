import { expect, test } from "vitest";
import { createHeldGroups } from "../../../src/drain/held-groups.js";
import type { DrainReport } from "../../../src/drain/report.js";
import type { Message } from "../../../src/message.js";
import { unavailable } from "../../support/fake-queue.js";
import { sampleTransform } from "../../support/sample-bodies.js";
import { createWorld, expectSound, REFUSED, REJECTED, type World } from "./support.js";

/** Each group's messages, one after the other; SQS hands out several of a group at once. */
function fifoWorld(groups: Readonly<Record<string, readonly string[]>>, fifo = true): World {
  const world = createWorld({ fifo, queue: { fifo } });
  for (const [group, bodies] of Object.entries(groups)) world.queue.send(bodies, 0, group);
  return world;
}

const rows = ({ store }: World): unknown[] =>
  store.rows.flatMap((message) => message.rows.map(({ values }) => values[0]));

/** Nothing stands in the way of what the report says is left: the run is not stuck, and renews all leases until its end. */
function expectLeft(world: World, report: DrainReport, count: number): void {
  expect(world.queue.left()).toHaveLength(count);
  expect(world.queue.counters().in_flight).toBe(count);
  expectSound(world, report);
}

test("what cannot become a row holds what is behind it in its group, and nothing else", async () => {
  const world = fifoWorld({ held: ["a 1", `${REJECTED} 2`, "a 3", "a 4"], free: ["b 1", "b 2"] });
  const report = await world.drain();
  expect(report).toMatchObject({ stopped_because: "empty", loaded: 3, rejected: 1, released: 2 });
  expect(rows(world)).toEqual(["a 1", "b 1", "b 2"]);
  expectLeft(world, report, 3);
});

test.each([1, 2, 3, 1_000])("so does what the database refuses, in batches of %i", async (batchSize) => {
  const world = fifoWorld({ held: ["a 1", `${REFUSED} 2`, "a 3", "a 4"], free: ["b 1", "b 2"] });
  const report = await world.drain({ limits: { batchSize } });
  expect(report).toMatchObject({ stopped_because: "empty", loaded: 3, rejected: 1, released: 2 });
  expect(rows(world)).toEqual(["a 1", "b 1", "b 2"]);
  expectLeft(world, report, 3);
});

test("what was held is loaded in its order when nothing is in its way any more", async () => {
  const world = fifoWorld({ held: ["a 1", `${REJECTED} 2`, "a 3", "a 4"] });
  await world.drain();
  await world.clock.advance(120_000);
  const report = await world.drain({ transform: ({ body }) => ({ rows: [{ target: 0, values: [body] }] }) });
  expect(report).toMatchObject({ received: 3, loaded: 3 });
  expect(rows(world)).toEqual(["a 1", `${REJECTED} 2`, "a 3", "a 4"]);
});

test("more groups than fit into the hand can be held", async () => {
  const page = (index: number): string[] => [`${REJECTED} ${index}`, ...Array(9).fill(`body ${index}`)];
  const groups = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`group ${index}`, page(index)]),
  );
  const world = fifoWorld(groups);
  const report = await world.drain({ limits: { batchSize: 1, concurrency: 2 } });
  expect(report).toMatchObject({ stopped_because: "empty", received: 400, rejected: 40, released: 360 });
  expectLeft(world, report, 400);
});

test("quarantined, it holds nothing", async () => {
  const world = fifoWorld({ group: ["a 1", `${REJECTED} 2`, `${REFUSED} 3`, "a 4"] });
  const report = await world.drain({ quarantine: true });
  expect(report).toMatchObject({ loaded: 2, rejected: 2, released: 0, deleted: 4 });
  expect(rows(world)).toEqual(["a 1", "a 4"]);
});

test("on a standard queue a group has no order", async () => {
  const world = fifoWorld({ fair: ["a 1", `${REJECTED} 2`, "a 3"] }, false);
  const report = await world.drain();
  expect(report).toMatchObject({ loaded: 2, rejected: 1, released: 0 });
});

test("a batch does not overtake the one before it", async () => {
  const bodies = Array.from({ length: 10 }, (_, index) => `a ${index}`);
  const world = fifoWorld({ group: bodies });
  // The first statement takes longest.
  const hangs = [3_000, 2_000, 1_000];
  world.store.hang = (method) => (method === "load" ? (hangs.shift() ?? 0) : 0);
  await world.drain({ limits: { batchSize: 2 } });
  expect(rows(world)).toEqual(bodies);
});

test("a group that comes again although its leases should be kept is not held by what it came with before", async () => {
  const world = fifoWorld({ group: [`${REJECTED} 1`, "a 2"] });
  world.queue.fault = ({ method }) => (method === "extend" ? unavailable() : undefined);
  const limits = { visibilitySeconds: 5, waitSeconds: 20, maxDurationMs: 12_000 };
  let isMended = false;
  const report = await world.drain({
    limits,
    transform: (message) => {
      const outcome = isMended ? { rows: [{ target: 0, values: [message.body] }] } : sampleTransform(message);
      isMended ||= message.body === "a 2";
      return outcome;
    },
  });
  expect(report).toMatchObject({ received: 4, loaded: 2, rejected: 1, released: 1 });
  expect(rows(world)).toEqual([`${REJECTED} 1`, "a 2"]);
});

test("a reject that comes again before it is recorded holds its group on", async () => {
  const world = fifoWorld({ group: [`${REJECTED} 1`, "a 2", "a 3"] });
  world.queue.fault = ({ method }) => (method === "extend" ? unavailable() : undefined);
  world.store.hang = (method) => (method === "saveRejects" ? 9_000 : 0);
  const limits = { visibilitySeconds: 5, waitSeconds: 20, maxDurationMs: 8_000 };
  const report = await world.drain({ limits });
  expect(report).toMatchObject({ loaded: 0 });
  expect(report.received).toBeGreaterThan(3);
  expect(rows(world)).toEqual([]);
  expectSound(world, report);
});

test("what is held is warned of before it goes to the dead-letter queue with its reject", async () => {
  const world = createWorld({ fifo: true, queue: { fifo: true }, maxReceiveCount: 2 });
  world.queue.send([`${REJECTED} 1`, "a 2", "a 3"], 0, "group");
  const notices = (): string[] =>
    world.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  await world.drain();
  expect(notices()).toEqual([]);
  await world.clock.advance(120_000);
  await world.drain();
  expect(notices()).toEqual([
    expect.stringMatching(/^near the redrive limit: 2 of the messages behind a reject/),
  ]);
});

test("nor does it keep the run from its end when it comes again before its batch is done", async () => {
  const group = [`${REFUSED} 1`, ...Array.from({ length: 14 }, (_, index) => `a ${index}`)];
  const world = fifoWorld({ group, other: ["b 1"] });
  world.queue.fault = ({ method }) => (method === "extend" ? unavailable() : undefined);
  let statements = 0;
  world.store.hang = (method) => {
    if (method === "load") statements += 1;
    // The one for the other group, when the first one is held already.
    return statements === 6 ? 30_000 : 0;
  };
  const report = await world.drain({ limits: { visibilitySeconds: 5 } });
  expect(report.stopped_because).toBe("empty");
  expect(rows(world)).toContain("b 1");
  expectSound(world, report);
});

test("a load that takes longer than the wait for what is out of reach is waited for, with what is behind it", async () => {
  const world = fifoWorld({ group: Array.from({ length: 11 }, (_, index) => `a ${index}`) });
  const hangs = [100_000];
  world.store.hang = (method) => (method === "load" ? (hangs.shift() ?? 0) : 0);
  const report = await world.drain();
  expect(report).toMatchObject({ stopped_because: "empty", received: 11, loaded: 11, deleted: 11 });
});

test("a group that is handed out again is not held, nor is what came before the reject", () => {
  const placed = (
    place: number,
    groupId?: string,
  ): Parameters<typeof groups.hold>[0] & { message: Message } => {
    const message = { messageId: "1", body: "", sentAtMs: 0, receiveCount: 1, attributes: {} };
    return { place, message: groupId === undefined ? message : { ...message, groupId } };
  };
  const groups = createHeldGroups(true);
  for (const reject of [placed(5, "one"), placed(7, "other"), placed(6, "other"), placed(8)])
    groups.hold(reject);
  expect(
    [placed(4, "one"), placed(6, "one"), placed(6, "other"), placed(7, "other")].map(groups.isHeld),
  ).toEqual([false, true, false, true]);
  groups.handedOut([placed(9, "one").message, placed(10).message]);
  expect([placed(9, "one"), placed(9, "other"), placed(9)].map(groups.isHeld)).toEqual([false, true, false]);
});
