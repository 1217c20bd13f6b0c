import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPayloadBudget, createReservation } from "../../../src/drain/payload-budget.js";

const never = new AbortController().signal;

/** What has resolved by now. */
async function settled<T>(promise: Promise<T>): Promise<T | "waiting"> {
  await new Promise(setImmediate);
  return Promise.race([promise, Promise.resolve("waiting" as const)]);
}

describe("a reservation", () => {
  test("waits until what it takes is free", async () => {
    const budget = createPayloadBudget(100);
    expect(await budget.reserve(60, never)).toBe(true);
    expect(await budget.reserve(40, never)).toBe(true);
    const third = budget.reserve(10, never);
    expect(await settled(third)).toBe("waiting");
    budget.free(40);
    expect(await third).toBe(true);
  });

  test("of more than there is has everything to itself", async () => {
    const budget = createPayloadBudget(100);
    expect(await budget.reserve(1, never)).toBe(true);
    const large = budget.reserve(1_000, never);
    expect(await settled(large)).toBe("waiting");
    budget.free(1);
    expect(await large).toBe(true);
    const small = budget.reserve(1, never);
    expect(await settled(small)).toBe("waiting");
    budget.free(1_000);
    expect(await small).toBe(true);
  });

  test("of much is not passed by for ever by those of little", async () => {
    const budget = createPayloadBudget(100);
    await budget.reserve(60, never);
    const large = budget.reserve(100, never);
    const small = budget.reserve(1, never);
    expect(budget.hasRoom()).toBe(false);
    expect([await settled(large), await settled(small)]).toEqual(["waiting", "waiting"]);
    budget.free(60);
    expect([await large, await settled(small)]).toEqual([true, "waiting"]);
  });

  test("that nobody waits for any more takes nothing, and lets those behind it go on", async () => {
    const budget = createPayloadBudget(100);
    await budget.reserve(60, never);
    const cut = new AbortController();
    const large = budget.reserve(100, cut.signal);
    const small = budget.reserve(40, never);
    cut.abort();
    expect([await large, await small]).toEqual([false, true]);
    expect(await budget.reserve(1, cut.signal)).toBe(false);
  });

  test("after the end there is room at once or none", async () => {
    const budget = createPayloadBudget(100);
    await budget.reserve(60, never);
    const waiting = budget.reserve(50, never);
    budget.close();
    expect(await waiting).toBe(false);
    expect(await budget.reserve(50, never)).toBe(false);
    expect(await budget.reserve(40, never)).toBe(true);
  });

  test("asked for again is in place of the one before", async () => {
    const budget = createPayloadBudget(100);
    const { reserve, free } = createReservation(budget, never);
    expect([await reserve(80), await reserve(90)]).toEqual([true, true]);
    expect(await settled(budget.reserve(20, never))).toBe("waiting");
    free();
    free();
    expect(await budget.reserve(80, never)).toBe(true);
  });
});

describe("entering", () => {
  test("is one after the other: each sees what those before it have added", async () => {
    const budget = createPayloadBudget(100);
    const entered: number[] = [];
    const enter = (name: number): Promise<boolean> =>
      budget.enter(() => {
        entered.push(name);
        budget.add(100);
      });
    const all = [1, 2, 3].map(enter);
    await settled(Promise.all(all));
    expect(entered).toEqual([1]);
    budget.free(100);
    expect(entered).toEqual([1, 2]);
    budget.close();
    expect(await Promise.all(all)).toEqual([true, true, false]);
  });

  test("with what is reserved for it waits behind nobody", async () => {
    const budget = createPayloadBudget(100);
    await budget.reserve(50, never);
    const large = budget.reserve(100, never);
    budget.add(100);
    const holder = budget.enter(() => budget.free(50), 50);
    expect([await settled(large), await settled(holder)]).toEqual(["waiting", "waiting"]);
    budget.free(100);
    expect([await holder, await large]).toEqual([true, true]);
  });

  test("tells whoever waits what went wrong", async () => {
    const budget = createPayloadBudget(100);
    const failing = budget.enter(() => {
      throw new Error("wrong");
    });
    await expect(failing).rejects.toThrow("wrong");
  });
});

test("whatever payloads come: never more than the budget or one alone, and all of them go on", async () => {
  const sizes = fc.array(fc.record({ bytes: fc.nat({ max: 150 }), rows: fc.nat({ max: 150 }) }), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(sizes, fc.scheduler(), async (payloads, scheduler) => {
      const budget = createPayloadBudget(100);
      let reserved = 0;
      let readers = 0;
      let used = 0;
      let largest = 0;
      const one = async ({ bytes, rows }: { bytes: number; rows: number }): Promise<void> => {
        await budget.reserve(bytes, never);
        used += bytes;
        reserved += bytes;
        readers += bytes > 0 ? 1 : 0;
        expect(reserved <= 100 || readers === 1).toBe(true);
        await scheduler.schedule(Promise.resolve(), "read");
        const isIn = await budget.enter(() => {
          largest = Math.max(largest, used - bytes);
          budget.add(rows);
          used += rows;
        }, bytes);
        expect(isIn).toBe(true);
        await scheduler.schedule(Promise.resolve(), "load");
        reserved -= bytes;
        readers -= bytes > 0 ? 1 : 0;
        used -= bytes + rows;
        budget.free(bytes + rows);
      };
      await scheduler.waitFor(Promise.all(payloads.map(one)));
      expect(largest).toBeLessThan(100);
      expect(used).toBe(0);
    }),
  );
});
