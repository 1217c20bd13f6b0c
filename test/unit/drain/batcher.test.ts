import { expect, test } from "vitest";
import { type Batcher, createBatcher } from "../../../src/drain/batcher.js";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.js";

const one = { items: 1, bytes: 1 };

function createWorld(): { clock: VirtualClock; batcher: Batcher<number>; batches: (readonly number[])[] } {
  const clock = createVirtualClock();
  const batches: (readonly number[])[] = [];
  const onBatch = (items: readonly number[]): void => {
    batches.push(items);
  };
  return {
    clock,
    batches,
    batcher: createBatcher({ clock, maxItems: 3, maxBytes: 100, maxAgeMs: 1_000, onBatch }),
  };
}

test("a batch is complete by number", () => {
  const { clock, batcher, batches } = createWorld();
  for (const item of [1, 2, 3, 4]) batcher.add(item, one);
  expect(batches).toEqual([[1, 2, 3]]);
  batcher.flush();
  expect(batches).toEqual([[1, 2, 3], [4]]);
  expect(clock.pending()).toBe(0);
});

test("a batch is complete by bytes, counted anew for each", () => {
  const { batcher, batches } = createWorld();
  for (const item of [1, 2, 3, 4]) batcher.add(item, { items: 1, bytes: 60 });
  expect(batches).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test("a batch is complete by the age of its first item", async () => {
  const { clock, batcher, batches } = createWorld();
  batcher.add(1, one);
  await clock.advance(900);
  batcher.add(2, one);
  await clock.advance(99);
  expect(batches).toEqual([]);
  await clock.advance(1);
  expect(batches).toEqual([[1, 2]]);
  batcher.add(3, one);
  await clock.advance(999);
  expect(batches).toHaveLength(1);
  await clock.advance(1);
  expect(batches).toEqual([[1, 2], [3]]);
});

test("nothing makes no batch", () => {
  const { batcher, batches } = createWorld();
  batcher.flush();
  expect(batches).toEqual([]);
});
