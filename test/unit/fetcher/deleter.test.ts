import { expect, test } from "vitest";
import { createDeleter, type Deleter } from "../../../src/fetcher/deleter.js";
import type { FailedEntry } from "../../../src/fetcher/queue.js";
import type { Settled } from "../../../src/fetcher/settle-batch.js";
import { denied, unavailable } from "../../support/fake-queue.js";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.js";

interface World {
  readonly clock: VirtualClock;
  readonly deleter: Deleter;
  /** The receipt handles of each call, and when it was made. */
  readonly calls: { readonly afterMs: number; readonly handles: readonly string[] }[];
  readonly settled: Settled[];
  answer: (receiptHandles: readonly string[]) => FailedEntry[] | Promise<FailedEntry[]>;
}

function createWorld({ concurrency = 4 } = {}): World {
  const clock = createVirtualClock();
  const startMs = clock.now();
  const calls: World["calls"] = [];
  const settled: Settled[] = [];
  const world: World = {
    clock,
    calls,
    settled,
    answer: () => [],
    deleter: createDeleter({
      clock,
      concurrency,
      maxAgeMs: 250,
      retryForMs: 60_000,
      signal: new AbortController().signal,
      onRetry: () => {},
      onSettled: (one) => settled.push(one),
      leases: { receiptHandle: (id) => `${id}#1` },
      queue: {
        deleteBatch: async (handles) => {
          calls.push({ afterMs: clock.now() - startMs, handles });
          return world.answer(handles);
        },
      },
    }),
  };
  return world;
}

const ids = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `m${from + index}`);
const sizes = ({ calls }: World): number[] => calls.map(({ handles }) => handles.length);
const settledIds = ({ settled }: World): string[] =>
  settled.flatMap(({ done, failed }) => [...done, ...failed]);

test("batches are full except the last, and every id is settled once", async () => {
  const world = createWorld();
  for (let from = 0; from < 105; from += 7) world.deleter.add(ids(7, from));
  await world.clock.run(world.deleter.finish());
  expect(sizes(world)).toEqual([...Array.from({ length: 10 }, () => 10), 5]);
  expect(settledIds(world).sort()).toEqual(ids(105).sort());
  expect(world.clock.pending()).toBe(0);
});

test("an incomplete batch goes when it is old enough", async () => {
  const world = createWorld();
  world.deleter.add(["a"]);
  await world.clock.advance(249);
  world.deleter.add(["b"]);
  expect(world.calls).toEqual([]);
  await world.clock.advance(1);
  expect(world.calls).toEqual([{ afterMs: 250, handles: ["a#1", "b#1"] }]);
  expect(world.clock.pending()).toBe(0);
});

test("what is left after a full batch waits for its own time, not for that of those that went", async () => {
  const world = createWorld();
  world.deleter.add(ids(9));
  await world.clock.advance(200);
  world.deleter.add(ids(3, 9));
  await world.clock.advance(249);
  expect(sizes(world)).toEqual([10]);
  await world.clock.advance(1);
  expect(sizes(world)).toEqual([10, 2]);
});

test("no more calls at once than allowed, and finish waits for all of them", async () => {
  const world = createWorld({ concurrency: 2 });
  const give: (() => void)[] = [];
  world.answer = () => new Promise((resolve) => give.push(() => resolve([])));
  world.deleter.add(ids(30));
  let finished = false;
  void world.deleter.finish().then(() => {
    finished = true;
  });
  await world.clock.settle();
  expect(world.calls).toHaveLength(2);
  give.shift()?.();
  await world.clock.settle();
  expect(world.calls).toHaveLength(3);
  expect(finished).toBe(false);
  for (const one of give) one();
  await world.clock.settle();
  expect(finished).toBe(true);
});

test("failures are handed on: of single entries, and with the error of a call", async () => {
  const world = createWorld();
  world.answer = () => [{ index: 1, code: "ReceiptHandleIsInvalid", senderFault: true }];
  world.deleter.add(["a", "b", "c"]);
  await world.clock.run(world.deleter.finish());
  expect(world.settled).toEqual([{ done: ["a", "c"], failed: ["b"] }]);

  const error = denied();
  world.answer = () => {
    throw error;
  };
  world.deleter.add(["d"]);
  await world.clock.run(world.deleter.finish());
  expect(world.settled[1]).toEqual({ done: [], failed: ["d"], error });
});

test("hundreds of batches do not wait out the same outage one after another", async () => {
  const world = createWorld({ concurrency: 2 });
  world.answer = () => {
    throw unavailable();
  };
  world.deleter.add(ids(2_000));
  const startMs = world.clock.now();
  await world.clock.run(world.deleter.finish());
  expect(settledIds(world)).toHaveLength(2_000);
  expect(world.clock.now() - startMs).toBeLessThanOrEqual(60_000);
});

test("finish without anything to do resolves", async () => {
  const world = createWorld();
  await world.clock.run(world.deleter.finish());
  expect(world.calls).toEqual([]);
});
