import { expect, test } from "vitest";
import { createLeases, type Leases } from "../../../src/fetcher/leases.js";
import type { FailedEntry, VisibilityChange } from "../../../src/fetcher/queue.js";
import { denied, unavailable } from "../../support/fake-queue.js";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.js";

type Answer = FailedEntry[] | Promise<FailedEntry[]>;

interface World {
  readonly clock: VirtualClock;
  readonly leases: Leases;
  /** Seconds since the start and what was asked for. */
  readonly calls: { readonly second: number; readonly changes: readonly VisibilityChange[] }[];
  readonly errors: unknown[];
  answer: (changes: readonly VisibilityChange[]) => Answer;
}

function createWorld({ visibilitySeconds = 120 } = {}): World {
  const clock = createVirtualClock();
  const startMs = clock.now();
  const calls: World["calls"] = [];
  const errors: unknown[] = [];
  const world: World = {
    clock,
    calls,
    errors,
    answer: () => [],
    leases: createLeases({
      clock,
      visibilitySeconds,
      onError: (error) => errors.push(error),
      queue: {
        changeVisibilityBatch: async (changes) => {
          calls.push({ second: (clock.now() - startMs) / 1000, changes });
          return world.answer(changes);
        },
      },
    }),
  };
  return world;
}

/** For calls that stay under way: never an answer, until the test gives one. */
function pendingAnswers(): { answer: () => Promise<FailedEntry[]>; give: (() => void)[] } {
  const give: (() => void)[] = [];
  return { give, answer: () => new Promise((resolve) => give.push(() => resolve([]))) };
}

const handles = ({ changes }: { readonly changes: readonly VisibilityChange[] }): string[] =>
  changes.map(({ receiptHandle }) => receiptHandle);

test("a lease is renewed for its full time at each half of it, until it is dropped", async () => {
  const { clock, leases, calls } = createWorld();
  leases.hold("a", "a#1");
  await clock.advance(59_999);
  expect(calls).toEqual([]);
  await clock.advance(120_001);
  const changes = [{ receiptHandle: "a#1", visibilitySeconds: 120 }];
  expect(calls).toEqual([60, 120, 180].map((second) => ({ second, changes })));
  leases.drop("a");
  expect(clock.pending()).toBe(0);
});

test("ten in a call, the earliest deadline first", async () => {
  const { clock, leases, calls } = createWorld();
  for (let index = 0; index < 25; index += 1) leases.hold(`m${index}`, `m${index}#1`);
  // Held again, so last.
  leases.hold("m0", "m0#2");
  await clock.advance(60_000);
  expect(calls.map(({ changes }) => changes.length)).toEqual([10, 10, 5]);
  const expected = [...Array.from({ length: 24 }, (_, index) => `m${index + 1}#1`), "m0#2"];
  expect(calls.flatMap(handles)).toEqual(expected);
});

test("retries and renewals go in order of their deadlines", async () => {
  const world = createWorld();
  const { clock, leases, calls } = world;
  leases.hold("failed", "failed#1");
  await clock.advance(14_000);
  leases.hold("before", "before#1");
  await clock.advance(2_000);
  leases.hold("after", "after#1");
  world.answer = () => [{ index: 0, code: "InternalError", senderFault: false }];
  await clock.advance(44_000);
  world.answer = () => [];
  await clock.advance(20_000);
  expect(calls.map((call) => [call.second, handles(call)])).toEqual([
    [60, ["failed#1"]],
    [74, ["before#1"]],
    [75, ["failed#1"]],
    [76, ["after#1"]],
  ]);
});

test("eight calls at once at the most, and the others follow", async () => {
  const world = createWorld();
  const { clock, leases, calls } = world;
  const { answer, give } = pendingAnswers();
  world.answer = answer;
  for (let index = 0; index < 100; index += 1) leases.hold(`m${index}`, `m${index}#1`);
  await clock.advance(61_000);
  expect(calls).toHaveLength(8);
  give[0]?.();
  await clock.advance(0);
  expect(calls).toHaveLength(9);
  for (const one of give) one();
  await clock.advance(0);
  expect(calls).toHaveLength(10);
  expect(new Set(calls.flatMap(handles)).size).toBe(100);
});

test("a redelivery is no new lease: it replaces the handle and begins anew", async () => {
  const { clock, leases, calls } = createWorld();
  expect(leases.hold("a", "a#1")).toBe(true);
  await clock.advance(30_000);
  expect(leases.hold("a", "a#2")).toBe(false);
  expect(leases.receiptHandle("a")).toBe("a#2");
  await clock.advance(60_000);
  expect(calls.map((call) => [call.second, handles(call)])).toEqual([[90, ["a#2"]]]);
});

test("after an outage a lease is tried again before it ends, also when younger leases wait", async () => {
  const world = createWorld();
  const { clock, leases, calls, errors } = world;
  world.answer = () => {
    throw unavailable();
  };
  leases.hold("old", "old#1");
  await clock.advance(59_500);
  leases.hold("young", "young#1");
  await clock.advance(15_000);
  expect(calls).toHaveLength(1);
  world.answer = () => [];
  await clock.advance(1_000);
  expect(calls.map((call) => [call.second, handles(call)])).toEqual([
    [60, ["old#1"]],
    [75, ["old#1"]],
  ]);
  await clock.advance(60_000);
  expect(errors).toEqual([]);
});

test("a retry is not late because a lease was taken while the call was under way", async () => {
  const world = createWorld();
  const { clock, leases, calls } = world;
  let fail: (error: unknown) => void = () => {};
  world.answer = () =>
    new Promise((_, reject) => {
      fail = reject;
    });
  leases.hold("old", "old#1");
  await clock.advance(62_000);
  leases.hold("young", "young#1");
  fail(unavailable());
  await clock.advance(20_000);
  expect(calls.map((call) => [call.second, handles(call)])).toEqual([
    [60, ["old#1"]],
    [77, ["old#1"]],
  ]);
});

test("an entry that failed for no fault of ours is tried again, the others go on", async () => {
  const world = createWorld();
  const { clock, leases, calls } = world;
  for (const id of ["a", "b", "c"]) leases.hold(id, `${id}#1`);
  world.answer = () => [{ index: 1, code: "InternalError", senderFault: false }];
  await clock.advance(60_000);
  world.answer = () => [];
  await clock.advance(60_000);
  expect(calls.map((call) => [call.second, handles(call)])).toEqual([
    [60, ["a#1", "b#1", "c#1"]],
    [75, ["b#1"]],
    [120, ["a#1", "c#1"]],
  ]);
});

test("an entry that failed for its handle is not tried again", async () => {
  const world = createWorld();
  const { clock, leases, calls } = world;
  leases.hold("a", "a#1");
  world.answer = () => [{ index: 0, code: "ReceiptHandleIsInvalid", senderFault: true }];
  await clock.advance(600_000);
  expect(calls).toHaveLength(1);
  expect(clock.pending()).toBe(0);
  // Until a redelivery brings a new handle.
  world.answer = () => [];
  leases.hold("a", "a#2");
  await clock.advance(60_000);
  expect(calls.map(handles)).toEqual([["a#1"], ["a#2"]]);
});

test("an entry that failed for a handle that was replaced meanwhile is renewed with the new one", async () => {
  const world = createWorld();
  const { clock, leases, calls } = world;
  leases.hold("a", "a#1");
  world.answer = () => {
    leases.hold("a", "a#2");
    return [{ index: 0, code: "ReceiptHandleIsInvalid", senderFault: true }];
  };
  await clock.advance(60_000);
  world.answer = () => [];
  await clock.advance(60_000);
  expect(handles(calls[1] ?? { changes: [] })).toEqual(["a#2"]);
});

test("an error that is there to stay is told, and the renewal is not repeated", async () => {
  const world = createWorld();
  const { clock, leases, calls, errors } = world;
  const error = denied();
  world.answer = () => {
    throw error;
  };
  leases.hold("a", "a#1");
  await clock.advance(600_000);
  expect(errors).toEqual([error]);
  expect(calls).toHaveLength(1);
});

test("no lease is asked for beyond twelve hours after its receive", async () => {
  const hours = 60 * 60;
  const { clock, leases, calls } = createWorld({ visibilitySeconds: 5 * hours });
  leases.hold("a", "a#1");
  await clock.advance(24 * hours * 1000);
  expect(calls.map((call) => [call.second / hours, call.changes[0]?.visibilitySeconds])).toEqual([
    [2.5, 5 * hours],
    [5, 5 * hours],
    [7.5, 4.5 * hours],
    [10, 2 * hours],
  ]);
  expect(clock.pending()).toBe(0);
});

test("nothing is asked for a message that was dropped in time, before or during a call", async () => {
  const world = createWorld();
  const { clock, leases, calls } = world;
  leases.hold("gone", "gone#1");
  leases.hold("during", "during#1");
  leases.hold("stays", "stays#1");
  await clock.advance(59_000);
  leases.drop("gone");
  world.answer = () => {
    leases.drop("during");
    return [{ index: 0, code: "InternalError", senderFault: false }];
  };
  await clock.advance(1_000);
  world.answer = () => [];
  await clock.advance(60_000);
  expect(calls.map(handles)).toEqual([["during#1", "stays#1"], ["stays#1"]]);
  expect(leases.receiptHandle("gone")).toBeUndefined();
});

test("no timer is left when everything is dropped, nor after close", async () => {
  const { clock, leases, calls } = createWorld();
  leases.hold("a", "a#1");
  leases.hold("b", "b#1");
  leases.drop("a");
  expect(clock.pending()).toBe(1);
  leases.drop("b");
  expect(clock.pending()).toBe(0);

  leases.hold("c", "c#1");
  leases.close();
  expect(clock.pending()).toBe(0);
  leases.hold("d", "d#1");
  await clock.advance(600_000);
  expect(calls).toEqual([]);
  expect(leases.receiptHandle("d")).toBe("d#1");
});

test("a call that is answered after close plans nothing", async () => {
  const world = createWorld();
  const { clock, leases } = world;
  const { answer, give } = pendingAnswers();
  world.answer = answer;
  leases.hold("a", "a#1");
  await clock.advance(60_000);
  leases.close();
  give[0]?.();
  await clock.settle();
  expect(clock.pending()).toBe(0);
});

test("close waits for the calls that are under way", async () => {
  const world = createWorld();
  const pending = pendingAnswers();
  world.answer = pending.answer;
  world.leases.hold("a", "a#1");
  await world.clock.advance(60_000);
  let isClosed = false;
  const closed = world.leases.close().then(() => {
    isClosed = true;
  });
  await world.clock.settle();
  expect(isClosed).toBe(false);
  pending.give[0]?.();
  await closed;
  await world.leases.close();
});
