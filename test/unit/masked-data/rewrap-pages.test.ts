import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../src/clock.js";
import { StoreError } from "../../../src/loader/store.js";
import { type Pages, type Replaced, rewrapPages } from "../../../src/masked-data/rewrap-pages.js";
import { type RewrapPlace, rewrapInPasses } from "../../../src/masked-data/rewrap-passes.js";
import { createRewrapTally, type RewrapTally } from "../../../src/masked-data/rewrap-tally.js";
import type { RewrapWork } from "../../../src/masked-data/rewrap-work.js";

/** A value as the fake store has it; what happens to it when it is written. */
interface Item {
  readonly id: number;
  /** `refused`: for its data. `busy`: somebody else is at it, so many times. `closed`: it cannot be opened. */
  readonly fate: "fine" | "refused" | "closed" | number;
}

function workOf(more: Partial<RewrapWork> = {}): RewrapWork {
  return {
    ...{ batchSize: 3, dryRun: false, retryForMs: 0, onProgress: () => {} },
    stop: new AbortController().signal,
    // Waits are over at once.
    clock: { ...systemClock, after: (_, action) => systemClock.after(0, action) },
    ...more,
  };
}

/** A store of items; `written` has the ids that were written, in order. */
function storeOf(items: readonly Item[], work: RewrapWork) {
  const written: number[] = [];
  const statements: number[][] = [];
  const busy = new Map(items.flatMap(({ id, fate }) => (typeof fate === "number" ? [[id, fate]] : [])));
  const tally = createRewrapTally();
  const pages: Pages<Item, Item> = {
    page: async (after) =>
      items.filter(({ id }) => id > (after?.id ?? -1) && !written.includes(id)).slice(0, work.batchSize),
    renew: async (item) => {
      if (item.fate !== "closed") return { written: item, cells: [{ tally, keyId: "k" }] };
      tally.leave("tampered", "k");
      return undefined;
    },
    replace: async (batch): Promise<Replaced> => {
      statements.push(batch.map(({ id }) => id));
      if (batch.some(({ fate }) => fate === "refused"))
        throw new StoreError("data", "refused", { sqlState: "23505" });
      const done = new Set<number>();
      for (const [index, { id }] of batch.entries()) {
        const times = busy.get(id) ?? 0;
        busy.set(id, times - 1);
        if (times > 0) continue;
        written.push(id);
        done.add(index);
      }
      return { done };
    },
  };
  const place: RewrapPlace = { tallies: [tally], pass: () => rewrapPages(work, pages) };
  return { place, tally, written, statements };
}

const left = (tally: RewrapTally): Record<string, number> =>
  Object.fromEntries(tally.result().left.map(({ code, count }) => [code, count]));

describe("passes over what is there", () => {
  const fate: fc.Arbitrary<Item["fate"]> = fc.oneof(
    { weight: 4, arbitrary: fc.constant("fine" as const) },
    fc.constantFrom("refused" as const, "closed" as const),
    fc.integer({ min: 1, max: 4 }),
  );

  test("write everything that can be written once, and count the rest", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        async (fates, batchSize) => {
          const items = fates.map((each, id): Item => ({ id, fate: each }));
          const work = workOf({ batchSize });
          const { place, tally, written } = storeOf(items, work);
          await rewrapInPasses(work, [place]);
          const idsOf = (is: (item: Item) => boolean): number[] => items.filter(is).map(({ id }) => id);
          const fine = idsOf((item) => item.fate === "fine" || typeof item.fate === "number");
          expect(written.toSorted((one, other) => one - other)).toEqual(fine);
          expect(tally.result().rewrapped).toBe(fine.length);
          const counts = {
            sqlstate_23505: idsOf((item) => item.fate === "refused").length,
            tampered: idsOf((item) => item.fate === "closed").length,
          };
          expect(left(tally)).toEqual(
            Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test("give up on what somebody never gives free, and say so", async () => {
    const work = workOf();
    const { place, tally, written } = storeOf(
      [
        { id: 1, fate: 1_000 },
        { id: 2, fate: "fine" },
      ],
      work,
    );
    await rewrapInPasses(work, [place]);
    expect(written).toEqual([2]);
    expect(left(tally)).toEqual({ not_updated: 1 });
  });

  test("halve a batch with a bad one, and keep the order", async () => {
    const work = workOf({ batchSize: 4 });
    const fates = ["fine", "fine", "refused", "fine"] as const;
    const { place, statements, written } = storeOf(
      fates.map((each, id) => ({ id, fate: each })),
      work,
    );
    await place.pass(true);
    expect(statements).toEqual([[0, 1, 2, 3], [0, 1], [2, 3], [2], [3]]);
    expect(written).toEqual([0, 1, 3]);
  });

  test("end with an error that is about no row, after what was done before", async () => {
    const work = workOf({ batchSize: 1 });
    const { place, written } = storeOf([{ id: 1, fate: "fine" }], work);
    const failing: RewrapPlace = {
      tallies: [],
      pass: () => Promise.reject(new StoreError("fatal", "no", { code: "x" })),
    };
    await expect(rewrapInPasses(work, [place, failing])).rejects.toMatchObject({ code: "x" });
    expect(written).toEqual([1]);
  });

  test("write nothing in a dry run, and count what would be", async () => {
    const work = workOf({ dryRun: true });
    const items: Item[] = [
      { id: 1, fate: "fine" },
      { id: 2, fate: "closed" },
      { id: 3, fate: 5 },
    ];
    const { place, tally, statements } = storeOf(items, work);
    await rewrapInPasses(work, [place]);
    expect({ statements, result: tally.result().rewrapped }).toEqual({ statements: [], result: 2 });
  });

  test("finish the batch in hand when they are stopped, and begin no other", async () => {
    const stop = new AbortController();
    const work = workOf({ batchSize: 2, stop: stop.signal });
    const items = [1, 2, 3, 4].map((id): Item => ({ id, fate: "fine" }));
    const { place, written, tally } = storeOf(items, work);
    const stopping: RewrapPlace = {
      ...place,
      pass: async (isFirst) => {
        const add = tally.add;
        tally.add = () => {
          add();
          stop.abort();
        };
        await place.pass(isFirst);
      },
    };
    await rewrapInPasses(work, [stopping]);
    expect(written).toEqual([1, 2]);
  });
});
