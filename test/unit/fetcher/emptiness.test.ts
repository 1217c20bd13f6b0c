import { expect, test } from "vitest";
import { createEmptiness, type Emptiness } from "../../../src/fetcher/emptiness.js";
import { createFakeQueue, type FakeQueue, unavailable } from "../../support/fake-queue.js";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.js";

function createWorld({ countersEveryMs = 0 } = {}): {
  clock: VirtualClock;
  queue: FakeQueue;
  emptiness: Emptiness;
  /** Whether messages are in hand. */
  work: { isLeft: boolean };
} {
  const clock = createVirtualClock();
  const queue = createFakeQueue({ clock, countersEveryMs });
  const work = { isLeft: false };
  const emptiness = createEmptiness({ queue, clock, isAtWork: () => work.isLeft });
  return { clock, queue, emptiness, work };
}

test("empty is what looks empty twice", async () => {
  const { emptiness } = createWorld();
  expect(await emptiness.confirm()).toBe(false);
  expect(await emptiness.confirm()).toBe(true);
});

test("a message in between starts it anew", async () => {
  const { emptiness } = createWorld();
  await emptiness.confirm();
  emptiness.reset();
  expect(await emptiness.confirm()).toBe(false);
  expect(await emptiness.confirm()).toBe(true);
});

test("a counter above 0 in between starts it anew", async () => {
  const { clock, queue, emptiness } = createWorld();
  expect(await emptiness.confirm()).toBe(false);
  queue.send(["a"]);
  expect(await emptiness.confirm()).toBe(false);
  await queue.receive({ maxMessages: 10, waitSeconds: 1, visibilitySeconds: 30 });
  expect(await emptiness.confirm()).toBe(false);
  expect(await emptiness.confirm()).toBe(true);
  expect(clock.pending()).toBe(0);
});

test("messages in flight or delayed are not waited for", async () => {
  const { queue, emptiness } = createWorld();
  queue.send(["a"]);
  queue.send(["b"], 60_000);
  await queue.receive({ maxMessages: 10, waitSeconds: 1, visibilitySeconds: 30 });
  expect(queue.counters()).toEqual({ visible: 0, in_flight: 1, delayed: 1 });
  await emptiness.confirm();
  expect(await emptiness.confirm()).toBe(true);
});

test("messages that the counter shows but nobody gets are out of reach after a minute, not before", async () => {
  const { clock, queue, emptiness } = createWorld();
  queue.send(["held back"]);
  expect(await emptiness.confirm()).toBe(false);
  await clock.advance(59_999);
  expect(await emptiness.confirm()).toBe(false);
  await clock.advance(1);
  expect(await emptiness.confirm()).toBe(true);
});

test("the minute begins anew with each message", async () => {
  const { clock, queue, emptiness } = createWorld();
  queue.send(["held back"]);
  await emptiness.confirm();
  await clock.advance(59_000);
  emptiness.reset();
  await emptiness.confirm();
  await clock.advance(59_000);
  expect(await emptiness.confirm()).toBe(false);
});

test("the minute does not begin while messages in hand may hold their group", async () => {
  const { clock, queue, emptiness, work } = createWorld();
  queue.send(["behind them"]);
  await emptiness.confirm();
  await clock.advance(59_999);
  work.isLeft = true;
  await emptiness.confirm();
  await clock.advance(120_000);
  expect(await emptiness.confirm()).toBe(false);
  work.isLeft = false;
  expect(await emptiness.confirm()).toBe(false);
  await clock.advance(60_000);
  expect(await emptiness.confirm()).toBe(true);
});

test("an error of the queue is the caller's to bear, and is no sighting", async () => {
  const { queue, emptiness } = createWorld();
  const error = unavailable();
  await emptiness.confirm();
  queue.fault = () => error;
  await expect(emptiness.confirm()).rejects.toBe(error);
  queue.fault = undefined;
  expect(await emptiness.confirm()).toBe(true);
});
