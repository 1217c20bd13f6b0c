import fc from "fast-check";
import { expect, test } from "vitest";
import { sleep } from "../../../src/clock.js";
import { QueueError } from "../../../src/errors.js";
import type { FailedEntry } from "../../../src/fetcher/queue.js";
import { noOutage, type Outage, type Settled, settleBatch } from "../../../src/fetcher/settle-batch.js";
import { denied, unavailable } from "../../support/fake-queue.js";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.js";

interface World {
  readonly clock: VirtualClock;
  /** Id to the newest handle. */
  readonly handles: Map<string, string>;
  /** The receipt handles of each call. */
  readonly calls: string[][];
  readonly retries: { code: string; attempt: number; delayMs: number }[];
  readonly stop: AbortController;
  answer: (receiptHandles: readonly string[]) => FailedEntry[];
  settle(outage?: Outage): Promise<Settled>;
}

function createWorld(ids: readonly string[], { retryForMs = 60_000, seed = 1 } = {}): World {
  const clock = createVirtualClock({ seed });
  const world: World = {
    clock,
    handles: new Map(ids.map((id) => [id, `${id}#1`])),
    calls: [],
    retries: [],
    stop: new AbortController(),
    answer: () => [],
    settle: (outage) =>
      settleBatch(
        ids,
        async (receiptHandles) => {
          world.calls.push(receiptHandles);
          return world.answer(receiptHandles);
        },
        {
          clock,
          leases: { receiptHandle: (id) => world.handles.get(id) },
          retryForMs,
          signal: world.stop.signal,
          onRetry: (retry) => world.retries.push(retry),
        },
        outage,
      ),
  };
  return world;
}

const throttled = (index: number): FailedEntry => ({ index, code: "InternalError", senderFault: false });
const badHandle = (index: number): FailedEntry => ({
  index,
  code: "ReceiptHandleIsInvalid",
  senderFault: true,
});

test("one call when everything succeeds", async () => {
  const world = createWorld(["a", "b"]);
  expect(await world.clock.run(world.settle())).toEqual({ done: ["a", "b"], failed: [] });
  expect(world.calls).toEqual([["a#1", "b#1"]]);
});

test("the list of failures is read by index: only what failed is tried again", async () => {
  const world = createWorld(["a", "b", "c", "d"]);
  world.answer = () => {
    world.answer = () => [];
    return [throttled(2), badHandle(0)];
  };
  expect(await world.clock.run(world.settle())).toEqual({ done: ["b", "d", "c"], failed: ["a"] });
  expect(world.calls).toEqual([["a#1", "b#1", "c#1", "d#1"], ["c#1"]]);
  expect(world.retries.map(({ code, attempt }) => [code, attempt])).toEqual([["InternalError", 1]]);
});

test("what was confirmed with a handle that a redelivery replaced meanwhile is not done yet", async () => {
  const world = createWorld(["a", "b"]);
  world.answer = () => {
    world.answer = () => {
      // The one that was done at once comes back while the other one is tried again.
      world.answer = () => [];
      world.handles.set("b", "b#2");
      return [];
    };
    world.handles.set("a", "a#2");
    return [];
  };
  expect(await world.clock.run(world.settle())).toEqual({ done: ["a", "b"], failed: [] });
  expect(world.calls).toEqual([["a#1", "b#1"], ["a#2"], ["b#2"]]);
});

test("what was refused with a handle that a redelivery replaces while others are tried again is tried again", async () => {
  const world = createWorld(["a", "b"]);
  world.answer = () => {
    world.answer = () => {
      world.answer = () => [];
      world.handles.set("a", "a#2");
      return [];
    };
    return [badHandle(0), throttled(1)];
  };
  expect(await world.clock.run(world.settle())).toEqual({ done: ["b", "a"], failed: [] });
  expect(world.calls).toEqual([["a#1", "b#1"], ["b#1"], ["a#2"]]);
});

test("the newest handle is used, also when it came during the wait", async () => {
  const world = createWorld(["a"]);
  world.answer = () => {
    world.answer = () => [];
    world.clock.after(0, () => world.handles.set("a", "a#2"));
    return [throttled(0)];
  };
  expect((await world.clock.run(world.settle())).done).toEqual(["a"]);
  expect(world.calls).toEqual([["a#1"], ["a#2"]]);
});

test("a handle that was replaced during the call is no fault of the sender", async () => {
  const world = createWorld(["a"]);
  world.answer = ([handle]) => {
    world.handles.set("a", "a#2");
    return handle === "a#1" ? [badHandle(0)] : [];
  };
  expect(await world.clock.run(world.settle())).toEqual({ done: ["a"], failed: [] });
});

test("a queue that is away is asked again until it is back", async () => {
  const world = createWorld(["a", "b"]);
  const backAtMs = world.clock.now() + 30_000;
  world.answer = () => {
    if (world.clock.now() < backAtMs) throw unavailable();
    return [];
  };
  expect((await world.clock.run(world.settle())).done).toEqual(["a", "b"]);
  expect(world.retries[0]).toMatchObject({ code: "queue_unreachable", attempt: 1 });
});

test("what keeps failing is given up when its time is over, and not before", async () => {
  const outage = (): never => {
    throw unavailable();
  };
  for (const [answer, isOutage] of [
    [() => [throttled(0)], false],
    [outage, true],
  ] as const) {
    const world = createWorld(["a"], { retryForMs: 20_000 });
    world.answer = answer;
    const startMs = world.clock.now();
    const settled = await world.clock.run(world.settle());
    expect(settled.failed).toEqual(["a"]);
    expect(settled.error instanceof QueueError).toBe(isOutage);
    expect(world.clock.now() - startMs).toBeLessThanOrEqual(20_000);
    expect(world.clock.now() - startMs).toBeGreaterThan(15_000);
  }
});

test("in an outage that has lasted long enough nothing is asked any more", async () => {
  const world = createWorld(["a"]);
  const error = unavailable();
  const outage: Outage = { answeredAtMs: 0, since: { ms: world.clock.now() - 60_001, error } };
  expect(await world.clock.run(world.settle(outage))).toEqual({ done: [], failed: ["a"], error });
  expect(world.calls).toEqual([]);
});

test("a call that is answered ends an outage", async () => {
  const world = createWorld(["a"]);
  const outage: Outage = { answeredAtMs: 0, since: { ms: world.clock.now() - 10_000, error: unavailable() } };
  world.answer = () => [];
  expect((await world.clock.run(world.settle(outage))).done).toEqual(["a"]);
  expect(outage.since).toBeUndefined();
});

test("a permanent error ends it at once and is handed on", async () => {
  for (const error of [denied(), new Error("a mistake of ours")]) {
    const world = createWorld(["a", "b"]);
    world.answer = () => {
      world.answer = () => {
        throw error;
      };
      return [throttled(1)];
    };
    expect(await world.clock.run(world.settle())).toEqual({ done: ["a"], failed: ["b"], error });
    expect(world.calls).toHaveLength(2);
    expect(world.clock.pending()).toBe(0);
  }
});

test("after an abort there is no further attempt", async () => {
  const world = createWorld(["a"]);
  world.answer = () => [throttled(0)];
  const settled = world.settle();
  await world.clock.settle();
  world.stop.abort();
  expect(await settled).toMatchObject({ done: [], failed: ["a"] });
  expect(world.calls).toHaveLength(1);
  expect(world.clock.pending()).toBe(0);
});

test("every id is settled exactly once, whatever happens", async () => {
  const ids = ["a", "b", "c", "d", "e"];
  const answer = fc.oneof(
    fc.array(fc.record({ index: fc.nat(6), code: fc.constant("x"), senderFault: fc.boolean() })),
    fc.constantFrom("unavailable", "denied", "redelivered"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { maxLength: 8 }), fc.integer(), async (answers, seed) => {
      const world = createWorld(ids, { seed });
      let next = 0;
      world.answer = () => {
        const now = answers[next++] ?? [];
        if (now === "unavailable") throw unavailable();
        if (now === "denied") throw denied();
        if (now !== "redelivered") return now;
        for (const id of ids) world.handles.set(id, `${id}#${next + 1}`);
        return ids.map((_, index) => badHandle(index)).slice(0, world.calls.at(-1)?.length);
      };
      const { done, failed } = await world.clock.run(world.settle());
      expect([...done, ...failed].sort()).toEqual(ids);
    }),
    { numRuns: 500 },
  );
});

test("a single call that stays silent while others are answered is no outage", async () => {
  const clock = createVirtualClock();
  const outage = noOutage();
  let isFirst = true;
  const call = async (): Promise<FailedEntry[]> => {
    const isSilent = isFirst;
    isFirst = false;
    await sleep(clock, isSilent ? 90_000 : 1_000);
    if (isSilent) throw unavailable();
    return [];
  };
  const settle = (id: string): Promise<Settled> =>
    settleBatch(
      [id],
      call,
      {
        clock,
        leases: { receiptHandle: () => `${id}#1` },
        retryForMs: 60_000,
        signal: new AbortController().signal,
        onRetry: () => {},
      },
      outage,
    );
  const silent = settle("silent");
  const others = async (): Promise<Settled[]> => {
    const settled: Settled[] = [];
    for (let index = 0; index < 120; index += 1) settled.push(await settle(`m${index}`));
    return settled;
  };
  const [first, rest] = await clock.run(Promise.all([silent, others()]));
  expect(first).toEqual({ done: ["silent"], failed: [] });
  expect(rest.flatMap(({ failed }) => failed)).toEqual([]);
});

test("nothing is asked any more once it is over", async () => {
  const world = createWorld(["a"]);
  world.stop.abort();
  expect(await world.clock.run(world.settle())).toEqual({ done: [], failed: ["a"] });
  expect(world.calls).toEqual([]);
});
