import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { MAX_PAYLOAD_BYTES_IN_HAND } from "../../../src/drain/limits.js";
import { peekMessages } from "../../../src/drain/peek-messages.js";
import type { PeekResult } from "../../../src/drain/peek-result.js";
import { InterruptedError } from "../../../src/errors.js";
import { PARALLEL_FETCHES } from "../../../src/payloads/offload.js";
import { createFakeOffload, type FakeOffload, pointerTo, s3Denied } from "../../support/fake-offload.js";
import { sampleTransform } from "../../support/sample-bodies.js";
import { bodies, createWorld, type World } from "./support.js";

interface Bench {
  readonly world: World;
  readonly offload: FakeOffload;
  peek(): Promise<PeekResult>;
}

function bench(given: readonly string[]): Bench {
  const world = createWorld({ bodies: given });
  const offload = createFakeOffload(world.clock);
  const { queue, clock } = world;
  const peek = (): Promise<PeekResult> =>
    peekMessages({
      queue: {
        ...queue,
        attributes: async () => ({
          ...queue.counters(),
          ...{ arn: undefined, fifo: false, visibilitySeconds: 30, maximumMessageBytes: 1024 },
          redrivePolicy: undefined,
        }),
      },
      transform: (message, payload) => sampleTransform({ ...message, body: payload ?? message.body }),
      offload,
      targets: [{ table: "events", columns: ["a"] }],
      ...{ max: given.length, visibilitySeconds: 30, clock },
      ...{ signal: world.stop.signal, kill: world.kill.signal },
    });
  return { world, offload, peek };
}

test("payloads are shown as the rows that they become, no more at once than there is room for", async () => {
  const { world, offload, peek } = bench(bodies(20).map(pointerTo));
  for (const key of bodies(20)) offload.objects.set(key, { text: key, bytes: MAX_PAYLOAD_BYTES_IN_HAND / 2 });
  offload.transferMs = 1_000;
  const peeking = peek();
  await world.clock.advance(500);
  expect([offload.asked.length, offload.read.length]).toEqual([PARALLEL_FETCHES, 2]);
  const { messages } = await world.clock.run(peeking);
  expect(messages.flatMap(({ rows }) => rows)).toHaveLength(20);
  expect(getEventListeners(world.kill.signal, "abort")).toEqual([]);
});

test.each(["stop", "kill"] as const)("a %s ends the fetches under way, and begins no other", async (end) => {
  const { world, offload, peek } = bench(bodies(20).map(pointerTo));
  offload.lag = () => 3_600_000;
  const peeking = expect(peek()).rejects.toThrow();
  await world.clock.advance(500);
  expect(offload.asked).toHaveLength(PARALLEL_FETCHES);
  world[end].abort();
  await world.clock.run(peeking);
  expect(offload.asked).toHaveLength(PARALLEL_FETCHES);
  expect(offload.open()).toBe(0);
  expect(world.clock.pending()).toBe(0);
});

test("so does one that fails, and nothing is left on the caller's signals", async () => {
  const { world, offload, peek } = bench(bodies(20).map(pointerTo));
  offload.lag = (key) => (key === bodies(20)[3] ? 100 : 3_600_000);
  offload.fault = () => s3Denied();
  await world.clock.run(expect(peek()).rejects.toMatchObject({ code: "s3_access_denied" }));
  expect(offload.asked).toHaveLength(PARALLEL_FETCHES);
  expect(offload.open()).toBe(0);
  expect(getEventListeners(world.kill.signal, "abort")).toEqual([]);
  expect(getEventListeners(world.stop.signal, "abort")).toEqual([]);
});

test.each([
  ["no payload of theirs is asked for", pointerTo("one"), undefined],
  ["those that hold their payloads are shown", "one", 3],
])("a stop while messages are received: %s", async (_name, last, shown) => {
  const { world, offload, peek } = bench([...bodies(2), last]);
  const { receive } = world.queue;
  world.queue.receive = async (request) => {
    const page = await receive(request);
    world.stop.abort();
    return page;
  };
  const peeking = peek().then(({ messages }) => messages.length);
  if (shown === undefined) await world.clock.run(expect(peeking).rejects.toBeInstanceOf(InterruptedError));
  else expect(await world.clock.run(peeking)).toBe(shown);
  expect(offload.asked).toEqual([]);
});
