import { expect, test } from "vitest";
import { giveBack } from "../../../src/fetcher/give-back.js";
import type { FailedEntry, VisibilityChange } from "../../../src/fetcher/queue.js";
import type { Settled } from "../../../src/fetcher/settle-batch.js";
import { denied, unavailable } from "../../support/fake-queue.js";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.js";

interface World {
  readonly clock: VirtualClock;
  readonly calls: (readonly VisibilityChange[])[];
  readonly settled: Settled[];
  giveBack(
    count: number,
    answer?: (changes: readonly VisibilityChange[]) => Promise<FailedEntry[]>,
  ): Promise<void>;
}

function createWorld(): World {
  const clock = createVirtualClock();
  const calls: World["calls"] = [];
  const settled: Settled[] = [];
  return {
    clock,
    calls,
    settled,
    giveBack: (count, answer = async () => []) =>
      giveBack(
        Array.from({ length: count }, (_, index) => `m${index}`),
        {
          clock,
          concurrency: 2,
          retryForMs: 5_000,
          signal: new AbortController().signal,
          onRetry: () => {},
          onSettled: (one) => settled.push(one),
          leases: { receiptHandle: (id) => `${id}#2` },
          queue: {
            changeVisibilityBatch: (changes) => {
              calls.push(changes);
              return answer(changes);
            },
          },
        },
      ),
  };
}

test("each message becomes visible at once, by its newest handle, ten in a call", async () => {
  const world = createWorld();
  await world.clock.run(world.giveBack(23));
  expect(world.calls.map(({ length }) => length)).toEqual([10, 10, 3]);
  expect(world.calls[2]).toEqual(
    ["m20#2", "m21#2", "m22#2"].map((receiptHandle) => ({ receiptHandle, visibilitySeconds: 0 })),
  );
  expect(world.settled.flatMap(({ done }) => done)).toHaveLength(23);
});

test("nothing to give back needs no call", async () => {
  const world = createWorld();
  await world.clock.run(world.giveBack(0));
  expect(world.calls).toEqual([]);
});

test("no more calls at once than allowed", async () => {
  const world = createWorld();
  let underWay = 0;
  let most = 0;
  const slow = async (): Promise<FailedEntry[]> => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise<void>((resolve) => world.clock.after(100, resolve));
    underWay -= 1;
    return [];
  };
  await world.clock.run(world.giveBack(100, slow));
  expect(most).toBe(2);
});

test("a failed entry is handed on by its index, and an error with all of its batch", async () => {
  const world = createWorld();
  await world.clock.run(
    world.giveBack(3, async () => [{ index: 2, code: "ReceiptHandleIsInvalid", senderFault: true }]),
  );
  expect(world.settled).toEqual([{ done: ["m0", "m1"], failed: ["m2"] }]);

  const error = denied();
  await world.clock.run(world.giveBack(1, () => Promise.reject(error)));
  expect(world.settled[1]).toEqual({ done: [], failed: ["m0"], error });
});

test("one whose visibility timeout has ended is back already", async () => {
  const world = createWorld();
  await world.clock.run(
    world.giveBack(2, async () => [{ index: 1, code: "MessageNotInflight", senderFault: true }]),
  );
  expect(world.settled).toEqual([{ done: ["m0", "m1"], failed: [] }]);
});

test.each([
  ["refuses", () => Promise.reject(unavailable())],
  ["never answers", () => new Promise<FailedEntry[]>(() => {})],
])("it is not tried for long when the queue %s, however much there is", async (_, answer) => {
  const world = createWorld();
  const startMs = world.clock.now();
  await world.clock.run(world.giveBack(1_000, answer));
  expect(world.settled.flatMap(({ failed }) => failed)).toHaveLength(1_000);
  expect(world.clock.now() - startMs).toBeLessThanOrEqual(5_000);
});
