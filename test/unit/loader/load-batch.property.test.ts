import fc from "fast-check";
import { expect, test } from "vitest";
import { loadBatch } from "../../../src/loader/load-batch.js";
import { aMessage, type Fault, fakeClock, fakeStore } from "./fake-store.js";

const fault: fc.Arbitrary<Fault> = fc.constantFrom(
  ...(["none", "none", "none", "refused", "lost before commit", "lost after commit", "fatal"] as const),
);
const id = fc.integer({ min: 0, max: 40 }).map((number) => `m${number}`);

test("every row ends in exactly one place, and what is said about it is true", async () => {
  const situation = fc.record({
    ids: fc.array(id, { maxLength: 30 }),
    bad: fc.array(id, { maxLength: 6 }),
    loaded: fc.array(id, { maxLength: 6 }),
    held: fc.array(id, { maxLength: 6 }),
    faults: fc.array(fault, { maxLength: 25 }),
    retryForMs: fc.constantFrom(0, 100, 1_000, 60_000),
    abortAfter: fc.option(fc.integer({ min: 0, max: 10 })),
  });
  await fc.assert(
    fc.asyncProperty(situation, async ({ ids, bad, loaded, held, faults, retryForMs, abortAfter }) => {
      const store = fakeStore({ faults, bad: new Set(bad), loaded });
      const abort = new AbortController();
      const result = await loadBatch(
        { runId: "run", stamp: "now", messages: ids.map(aMessage) },
        {
          store: {
            load: (batch, attempt) => {
              if (store.attempts.length === abortAfter) abort.abort();
              return store.load(batch, attempt);
            },
          },
          clock: fakeClock(),
          retryForMs,
          signal: abort.signal,
          isKeptBack: (messageId) => held.includes(messageId),
        },
      );

      const rejected = result.rejects.map(({ messageId }) => messageId);
      const { done, unloaded, keptBack, inDoubt } = result;
      expect([...done, ...rejected, ...unloaded, ...keptBack, ...inDoubt].sort()).toEqual([...ids].sort());
      expect(
        keptBack.every((one) => held.includes(one) && store.ledger.has(one) === loaded.includes(one)),
      ).toBe(true);
      for (const one of done) expect(store.ledger.has(one)).toBe(true);
      for (const one of rejected) expect(bad.includes(one) && !store.ledger.has(one)).toBe(true);
      const before = new Set(loaded);
      for (const one of unloaded) expect(store.ledger.has(one)).toBe(before.has(one));

      expect(result.loaded + result.duplicates).toBe(done.length);
      expect(result.loaded).toBe(new Set(done.filter((one) => store.ledger.get(one) === "now")).size);
      expect(result.statements).toBe(store.attempts.length);
      if (unloaded.length + inDoubt.length > 0)
        expect(result.error !== null || abort.signal.aborted).toBe(true);
      else expect(result.error).toBeNull();
    }),
    { numRuns: 2_000 },
  );
});
