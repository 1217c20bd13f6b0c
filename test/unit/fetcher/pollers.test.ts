import fc from "fast-check";
import { expect, test } from "vitest";
import { sleep } from "../../../src/clock.js";
import { createPermits, type PermitLimits, type Permits } from "../../../src/fetcher/permits.js";
import { type Pollers, startPollers } from "../../../src/fetcher/pollers.js";
import type { ReceivedMessage } from "../../../src/message.js";
import {
  createFakeQueue,
  denied,
  type FakeQueue,
  type FakeQueueOptions,
  unavailable,
} from "../../support/fake-queue.js";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.js";

interface World {
  readonly clock: VirtualClock;
  readonly queue: FakeQueue;
  readonly permits: Permits;
  readonly stop: AbortController;
  readonly received: ReceivedMessage[];
  readonly retries: string[];
  /** Pollers at work at the time of each page, and at each empty poll. */
  /** What the run says of each page. */
  isNew: boolean;
  readonly activeAtPages: number[];
  /** Receive calls until each page was worked on. */
  readonly receivesAtWork: number[];
  readonly activeAtIdle: number[];
  seconds(): number;
  start(): Pollers;
}

interface WorldOptions extends Omit<FakeQueueOptions, "clock"> {
  readonly seed?: number;
  readonly messages?: number;
  readonly concurrency?: number;
  readonly waitSeconds?: number;
  readonly limits?: Partial<PermitLimits>;
  /** Whether what was received is out of hand at once. */
  readonly releases?: boolean;
}

function createWorld(options: WorldOptions = {}): World {
  const { seed = 1, messages = 0, concurrency = 4, waitSeconds = 1, limits, releases = true } = options;
  const clock = createVirtualClock({ seed });
  const startMs = clock.now();
  const queue = createFakeQueue({ ...options, clock });
  queue.send(Array.from({ length: messages }, (_, index) => `body ${index}`));
  const permits = createPermits({
    maxMessages: 1_000,
    maxBytes: 1_000_000,
    largestPageBytes: 1_000,
    total: Number.POSITIVE_INFINITY,
    ...limits,
  });
  const stop = new AbortController();
  const world: World = {
    clock,
    queue,
    permits,
    stop,
    received: [],
    retries: [],
    activeAtPages: [],
    receivesAtWork: [],
    isNew: true,
    activeAtIdle: [],
    seconds: () => (clock.now() - startMs) / 1000,
    start: () => {
      const pollers = startPollers({
        queue,
        permits,
        clock,
        concurrency,
        waitSeconds,
        visibilitySeconds: 120,
        retryForMs: 60_000,
        stop: stop.signal,
        onPage: (page) => {
          world.received.push(...page);
          world.activeAtPages.push(pollers.active());
          const bytes = page.reduce((sum, { body }) => sum + body.length, 0);
          if (releases) permits.release({ messages: page.length, bytes });
          return {
            isNew: world.isNew,
            work: () => world.receivesAtWork.push(queue.requests.receive),
          };
        },
        onIdle: () => world.activeAtIdle.push(pollers.active()),
        isAtWork: () => false,
        onRetry: ({ code }) => world.retries.push(code),
      });
      return pollers;
    },
  };
  return world;
}

const ids = ({ received }: World): string[] => received.map(({ messageId }) => messageId);
const receives = ({ queue }: World): number => queue.requests.receive;

test("pollers grow up to the concurrency while pages are full, and shrink to one that finds the end", async () => {
  const world = createWorld({ messages: 1_000, latencyMs: 20 });
  expect(await world.clock.run(world.start().ended)).toBe("empty");
  expect(new Set(ids(world)).size).toBe(1_000);
  expect(world.activeAtPages.slice(0, 3)).toEqual([1, 2, 3]);
  expect(Math.max(...world.activeAtPages)).toBe(4);
  expect(world.activeAtIdle.at(-1)).toBe(1);
  // Four pollers come back empty, the last of them twice.
  expect(receives(world)).toBeLessThanOrEqual(100 + 5);
  expect(world.clock.pending()).toBe(0);
});

test("behind a full page the next one is asked for before the page is worked on", async () => {
  const world = createWorld({ messages: 25, concurrency: 1, latencyMs: 20 });
  expect(await world.clock.run(world.start().ended)).toBe("empty");
  expect(world.receivesAtWork).toEqual([2, 3, 3]);
});

test("behind a full page of messages that are known it is not: pages that come back do not keep it from ending", async () => {
  const world = createWorld({ messages: 10 });
  const page = await world.queue.receive({ maxMessages: 10, waitSeconds: 1, visibilitySeconds: 120 });
  world.isNew = false;
  let polls = 0;
  world.queue.receive = async () => {
    polls += 1;
    await sleep(world.clock, 20);
    return page;
  };
  expect(await world.clock.run(world.start().ended)).toBe("empty");
  expect(polls).toBeLessThan(10);
});

test("a queue that never fills a page is read by one poller", async () => {
  const world = createWorld({ messages: 9 });
  await world.clock.run(world.start().ended);
  expect(world.activeAtPages).toEqual([1]);
});

test("no poller is added without room for its messages", async () => {
  const world = createWorld({ messages: 50, limits: { maxMessages: 15 }, releases: false });
  const pollers = world.start();
  await world.clock.advance(600_000);
  expect(world.received).toHaveLength(10);
  expect(pollers.active()).toBe(1);
  expect(receives(world)).toBe(1);
  world.stop.abort();
  expect(await world.clock.run(pollers.ended)).toBe("stopped");
});

test("an empty queue is recognised after two polls and two looks at its counter", async () => {
  const world = createWorld();
  expect(await world.clock.run(world.start().ended)).toBe("empty");
  expect(world.queue.requests).toEqual({ receive: 2, delete: 0, extend: 0, other: 2 });
  expect(world.seconds()).toBe(2);
});

test("pollers that come back empty at the same moment do not leave the last word to each other", async () => {
  const world = createWorld({ messages: 10 });
  const page = await world.queue.receive({ maxMessages: 10, waitSeconds: 1, visibilitySeconds: 30 });
  const polls: ((messages: ReceivedMessage[]) => void)[] = [];
  world.queue.receive = () => new Promise((resolve) => polls.push(resolve));
  const pollers = world.start();
  await world.clock.settle();
  polls.shift()?.(page);
  await world.clock.advance(0);
  expect(polls).toHaveLength(2);
  for (const answer of polls.splice(0)) answer([]);
  await world.clock.settle();
  expect(pollers.active()).toBe(1);
  for (const answer of polls) answer([]);
  expect(await world.clock.run(pollers.ended)).toBe("empty");
  expect(world.queue.requests.other).toBe(2);
});

test("polls that come back empty by mistake do not end it: the counter knows better", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const chances = { falseEmpty: 0.6, partialPage: 0.5 };
      const world = createWorld({ seed, messages: 60, chances, latencyMs: 30 });
      expect(await world.clock.run(world.start().ended)).toBe("empty");
      expect(new Set(ids(world)).size).toBe(60);
    }),
    { numRuns: 100 },
  );
});

test("a counter that lags behind is waited for", async () => {
  const world = createWorld({ messages: 5, countersEveryMs: 30_000 });
  // It is taken while the messages are still there.
  await world.queue.attributes();
  expect(await world.clock.run(world.start().ended)).toBe("empty");
  expect(world.seconds()).toBeGreaterThanOrEqual(30);
  expect(world.seconds()).toBeLessThan(33);
});

test("messages that only the counter shows are out of reach after a minute", async () => {
  const world = createWorld({ messages: 5, chances: { falseEmpty: 1 } });
  expect(await world.clock.run(world.start().ended)).toBe("empty");
  expect(world.received).toEqual([]);
  expect(world.seconds()).toBeGreaterThanOrEqual(60);
  expect(world.seconds()).toBeLessThan(63);
});

test("never more than total, and all of it, whatever the pages look like", async () => {
  const situation = fc.record({
    seed: fc.integer(),
    total: fc.integer({ min: 1, max: 90 }),
    messages: fc.integer({ min: 0, max: 100 }),
    concurrency: fc.integer({ min: 1, max: 10 }),
    partialPage: fc.constantFrom(0, 0.3, 0.9),
    redelivery: fc.constantFrom(0, 0.3),
    latencyMs: fc.constantFrom(0, 50),
  });
  await fc.assert(
    fc.asyncProperty(situation, async ({ total, partialPage, redelivery, ...options }) => {
      const world = createWorld({ ...options, limits: { total }, chances: { partialPage, redelivery } });
      const ended = await world.clock.run(world.start().ended);
      expect(world.received.length).toBeLessThanOrEqual(total);
      if (ended === "max") expect(world.received).toHaveLength(total);
      else expect(new Set(ids(world)).size).toBe(options.messages);
      expect(ended).toBe(world.received.length === total ? "max" : "empty");
      expect(world.clock.pending()).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test("a stop cuts long polls off after a moment", async () => {
  const world = createWorld({ waitSeconds: 20 });
  const { ended } = world.start();
  await world.clock.advance(5_000);
  world.stop.abort();
  expect(await world.clock.run(ended)).toBe("stopped");
  expect(world.seconds()).toBe(8.5);
  expect(receives(world)).toBe(1);
  expect(world.clock.pending()).toBe(0);
});

test("a page that comes within that moment is not lost, and nothing is waited for any more", async () => {
  const world = createWorld({ waitSeconds: 20 });
  world.queue.send(["late"], 5_500);
  const { ended } = world.start();
  await world.clock.advance(5_000);
  world.stop.abort();
  expect(await world.clock.run(ended)).toBe("stopped");
  expect(world.received.map(({ body }) => body)).toEqual(["late"]);
  expect(world.seconds()).toBe(5.5);
  expect(world.clock.pending()).toBe(0);
});

test("stopped before it began, it asks for nothing", async () => {
  const world = createWorld({ messages: 5 });
  world.stop.abort();
  expect(await world.clock.run(world.start().ended)).toBe("stopped");
  expect(world.queue.calls).toEqual([]);
  expect(world.clock.pending()).toBe(0);
});

test("a queue that goes away and comes back is waited for", async () => {
  const world = createWorld({ messages: 200, latencyMs: 20 });
  const awayMs = world.clock.now() + 50;
  const error = unavailable();
  world.queue.fault = () =>
    world.clock.now() > awayMs && world.clock.now() < awayMs + 40_000 ? error : undefined;
  expect(await world.clock.run(world.start().ended)).toBe("empty");
  expect(new Set(ids(world)).size).toBe(200);
  expect(new Set(world.retries)).toEqual(new Set([error.code]));
});

test("a queue that stays away is given up", async () => {
  const error = unavailable();
  for (const method of ["receive", "attributes"]) {
    const world = createWorld();
    world.queue.fault = (call) => (call.method === method ? error : undefined);
    await expect(world.clock.run(world.start().ended)).rejects.toBe(error);
    expect(world.seconds()).toBeGreaterThan(55);
    expect(world.seconds()).toBeLessThanOrEqual(61);
    expect(world.clock.pending()).toBe(0);
  }
});

test("a stop ends the waiting for a queue that is away", async () => {
  const world = createWorld();
  world.queue.fault = () => unavailable();
  const { ended } = world.start();
  await world.clock.advance(10_000);
  world.stop.abort();
  expect(await ended).toBe("stopped");
});

test("a permanent error ends all pollers at once, and what they bring all the same is not lost", async () => {
  const world = createWorld({ messages: 10, waitSeconds: 20 });
  const error = denied();
  world.queue.send(["late"], 100);
  // The first call brings a page, the next one waits, the third is refused.
  world.queue.fault = ({ method }) => (method === "receive" && receives(world) === 3 ? error : undefined);
  const { ended } = world.start();
  await expect(world.clock.run(ended)).rejects.toBe(error);
  expect(world.received).toHaveLength(11);
  expect(world.clock.pending()).toBe(0);
});

test("an error of the next page is heard of after the page before it was worked on", async () => {
  const world = createWorld({ messages: 20, concurrency: 1 });
  const error = denied();
  world.queue.fault = ({ method }) => (method === "receive" && receives(world) === 2 ? error : undefined);
  await expect(world.clock.run(world.start().ended)).rejects.toBe(error);
  expect(world.received).toHaveLength(10);
  expect(world.clock.pending()).toBe(0);
});

test.each(["takes", "works on"])(
  "whoever %s the pages and throws ends it, and nothing is left under way",
  async (what) => {
    const world = createWorld({ messages: 30 });
    const error = new Error("a mistake of ours");
    const mistake = (): never => {
      throw error;
    };
    const taken: number[] = [];
    const { ended } = startPollers({
      ...world,
      concurrency: 1,
      waitSeconds: 1,
      visibilitySeconds: 120,
      retryForMs: 60_000,
      stop: world.stop.signal,
      onPage: ({ length }) => {
        taken.push(length);
        return what === "takes" ? mistake() : { isNew: true, work: mistake };
      },
      onIdle: () => {},
      isAtWork: () => false,
      onRetry: () => {},
    });
    await expect(world.clock.run(ended)).rejects.toBe(error);
    // What is asked for ahead is asked for when a page has been taken.
    expect(taken).toEqual(what === "takes" ? [10] : [10, 10]);
    expect(receives(world)).toBe(taken.length);
    expect(world.clock.pending()).toBe(0);
  },
);
