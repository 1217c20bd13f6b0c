import fc from "fast-check";
import { expect, test } from "vitest";
import { createPermits, type Grant, PAGE_SIZE, type PermitLimits } from "../../../src/fetcher/permits.js";

const ROOMY: PermitLimits = {
  maxMessages: 1_000,
  maxBytes: 1_000_000,
  largestPageBytes: 1_000,
  total: Number.POSITIVE_INFINITY,
};

/** The answer to an acquire, once there is one. */
function asked(promise: Promise<Grant | null>): { grant: Grant | null | undefined } {
  const answer: { grant: Grant | null | undefined } = { grant: undefined };
  void promise.then((grant) => {
    answer.grant = grant;
  });
  return answer;
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("never grants beyond messages, bytes or total, and never stays idle when there is room", async () => {
  const limits = fc.record({
    maxMessages: fc.integer({ min: PAGE_SIZE, max: 60 }),
    maxBytes: fc.integer({ min: 1, max: 400 }),
    largestPageBytes: fc.integer({ min: 1, max: 150 }),
    total: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.constant(Number.POSITIVE_INFINITY)),
  });
  const step = fc.record({
    what: fc.constantFrom("acquire", "settle", "settle", "release", "release"),
    messages: fc.integer({ min: 0, max: PAGE_SIZE }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  await fc.assert(
    fc.asyncProperty(limits, fc.array(step, { maxLength: 120 }), async (limit, steps) => {
      const permits = createPermits(limit);
      const grants: Grant[] = [];
      const pages: { messages: number; bytes: number }[] = [];
      let open = 0;
      let received = 0;

      const inHand = () =>
        pages.reduce((sum, page) => sum + page.messages, 0) +
        grants.reduce((sum, { messages }) => sum + messages, 0);
      const reserved = () =>
        pages.reduce((sum, page) => sum + page.bytes, 0) + grants.reduce((sum, { bytes }) => sum + bytes, 0);
      const onGrant = (grant: Grant | null): void => {
        open -= 1;
        if (grant === null) {
          expect(received).toBe(limit.total);
          return;
        }
        const before = reserved();
        grants.push(grant);
        expect(grant.messages).toBeGreaterThanOrEqual(1);
        expect(grant.messages).toBeLessThanOrEqual(PAGE_SIZE);
        expect(inHand()).toBeLessThanOrEqual(limit.maxMessages);
        if (before > 0) expect(reserved()).toBeLessThanOrEqual(limit.maxBytes);
        expect(received + grants.reduce((sum, { messages }) => sum + messages, 0)).toBeLessThanOrEqual(
          limit.total,
        );
      };

      for (const { what, messages, share } of steps) {
        if (what === "acquire") {
          open += 1;
          void permits.acquire().then(onGrant);
        } else if (what === "settle") {
          const grant = grants.shift();
          if (grant === undefined) continue;
          const brought = Math.min(messages, grant.messages);
          // As heavy as was predicted at the most: what is heavier has a test of its own.
          const page = { messages: brought, bytes: brought === 0 ? 0 : Math.floor(share * grant.bytes) };
          received += brought;
          if (brought > 0) pages.push(page);
          permits.settle(grant, page);
        } else {
          const page = pages.shift();
          if (page !== undefined) permits.release(page);
        }
        await Promise.resolve();
        await Promise.resolve();
        if (inHand() === 0 && received < limit.total) expect(open).toBe(0);
      }
      expect(permits.isExhausted()).toBe(received >= limit.total);
    }),
    { numRuns: 500 },
  );
});

test("total is exact with many pollers and partial pages", async () => {
  const pages = fc.array(fc.integer({ min: 0, max: PAGE_SIZE }), { minLength: 200, maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 8 }),
      pages,
      async (total, pollers, sizes) => {
        const permits = createPermits({ ...ROOMY, total });
        let received = 0;
        let asks = 0;
        const poll = async (): Promise<void> => {
          for (let grant = await permits.acquire(); grant !== null; grant = await permits.acquire()) {
            await settle();
            // The last pages are full, so that it ends.
            const messages = Math.min(grant.messages, sizes[asks++] ?? PAGE_SIZE);
            received += messages;
            permits.settle(grant, { messages, bytes: messages });
            permits.release({ messages, bytes: messages });
          }
        };
        await Promise.all(Array.from({ length: pollers }, poll));
        expect(received).toBe(total);
      },
    ),
    { numRuns: 50 },
  );
});

test("a page that is heavier than predicted makes the next grants wait, and counts for the prediction", async () => {
  const permits = createPermits({ ...ROOMY, maxBytes: 3_000, largestPageBytes: 1_000 });
  const first = await permits.acquire();
  if (first === null) throw new Error("no grant");
  permits.settle(first, { messages: 10, bytes: 2_500 });
  const second = asked(permits.acquire());
  await settle();
  expect(second.grant).toBeUndefined();
  expect(permits.hasRoom()).toBe(false);

  permits.release({ messages: 10, bytes: 2_500 });
  await settle();
  expect(second.grant).toEqual({ messages: 10, bytes: 2_500 });
});

test("a page larger than the limit is asked for when nothing else is in hand", async () => {
  const permits = createPermits({ ...ROOMY, maxBytes: 100, largestPageBytes: 1_000 });
  expect(await permits.acquire()).toEqual({ messages: 10, bytes: 1_000 });
  expect(permits.hasRoom()).toBe(false);
});

test("messages whose bodies have been dropped do not keep a page waiting", async () => {
  const permits = createPermits({ ...ROOMY, maxBytes: 1_000, largestPageBytes: 1_500 });
  const grant = await permits.acquire();
  if (grant === null) throw new Error("no grant");
  permits.settle(grant, { messages: 10, bytes: 1_400 });
  permits.release({ messages: 0, bytes: 1_400 });
  expect(permits.hasRoom()).toBe(true);
});

test("a prediction sinks when the pages get smaller", async () => {
  const permits = createPermits({ ...ROOMY, largestPageBytes: 1_000 });
  for (let page = 0; page < 400; page += 1) {
    const grant = await permits.acquire();
    if (grant === null) throw new Error("no grant");
    permits.settle(grant, { messages: 10, bytes: 10 });
    permits.release({ messages: 10, bytes: 10 });
  }
  expect((await permits.acquire())?.bytes).toBe(10);
});

test("close answers whoever waits, and whoever comes later", async () => {
  const permits = createPermits({ ...ROOMY, maxMessages: 10 });
  await permits.acquire();
  const waiting = [asked(permits.acquire()), asked(permits.acquire())];
  await settle();
  expect(waiting.map(({ grant }) => grant)).toEqual([undefined, undefined]);
  permits.close();
  await settle();
  expect(waiting.map(({ grant }) => grant)).toEqual([null, null]);
  expect(await permits.acquire()).toBeNull();
  expect(permits.hasRoom()).toBe(false);
});

test("whoever came first is served first", async () => {
  const permits = createPermits({ ...ROOMY, maxMessages: 10 });
  const grant = await permits.acquire();
  if (grant === null) throw new Error("no grant");
  const order: string[] = [];
  void permits.acquire().then(() => order.push("first"));
  void permits.acquire().then(() => order.push("second"));
  permits.settle(grant, { messages: 0, bytes: 0 });
  void permits.acquire().then(() => order.push("third"));
  await settle();
  expect(order).toEqual(["first"]);
});
