import { describe, expect, test } from "vitest";
import { type LoadBatchOptions, type LoadResult, loadBatch } from "../../../src/loader/load-batch.js";
import { StoreError } from "../../../src/loader/store.js";
import { aMessage, type FakeStore, fakeClock, fakeStore } from "./fake-store.js";

function load(store: FakeStore, count: number, options: Partial<LoadBatchOptions> = {}): Promise<LoadResult> {
  const messages = Array.from({ length: count }, (_, index) => aMessage(`m${index}`));
  return loadBatch(
    { runId: "run", stamp: "now", messages },
    { store, clock: fakeClock(), retryForMs: 10_000, ...options },
  );
}

describe("a bad row", () => {
  test("costs two statements a halving, and the others are loaded", async () => {
    const result = await load(fakeStore({ bad: new Set(["m700"]) }), 1_024);
    expect(result).toMatchObject({ loaded: 1_023, duplicates: 0, unloaded: [], inDoubt: [], error: null });
    expect(result.statements).toBe(1 + 2 * 10);
    expect(result.rejects).toEqual([
      {
        messageId: "m700",
        reject: {
          stage: "load",
          code: "sqlstate_23514",
          field: "positive",
          reason: "a check constraint does not allow the row",
        },
      },
    ]);
  });

  test("alone is a reject after one statement", async () => {
    const result = await load(fakeStore({ bad: new Set(["m0"]) }), 1);
    expect(result).toMatchObject({ loaded: 0, statements: 1, error: null });
    expect(result.rejects).toHaveLength(1);
  });
});

describe("an unknown outcome", () => {
  test("that had committed counts as loaded, not as duplicates", async () => {
    const store = fakeStore({ faults: ["lost after commit"], loaded: ["m1"] });
    const result = await load(store, 4);
    expect(result).toMatchObject({ loaded: 3, duplicates: 1, error: null });
    expect(store.attempts.map(({ isRetry }) => isRetry)).toEqual([false, true]);
  });

  test("stays in doubt when the server cannot be reached after that", async () => {
    const store = fakeStore({ faults: ["lost after commit", ...Array(100).fill("refused")] });
    const result = await load(store, 3);
    expect(result).toMatchObject({ loaded: 0, unloaded: [], inDoubt: ["m0", "m1", "m2"] });
    expect(result.error?.kind).toBe("unavailable");
  });

  test("is remembered by the halves of a batch", async () => {
    const store = fakeStore({ faults: ["lost before commit"], bad: new Set(["m0"]) });
    await load(store, 2);
    expect(store.attempts.map(({ isRetry }) => isRetry)).toEqual([false, true, true, true]);
  });
});

describe("an outage", () => {
  test("is borne for as long as was said, and not longer", async () => {
    const clock = fakeClock();
    const result = await load(fakeStore({ faults: Array(1_000).fill("refused") }), 2, { clock });
    expect(result).toMatchObject({ loaded: 0, unloaded: ["m0", "m1"], inDoubt: [] });
    expect(result.error).toMatchObject({ kind: "unavailable", sqlState: "40P01" });
    expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBe(10_000);
    expect(clock.waits.slice(0, 4)).toEqual([50, 100, 200, 400]);
  });

  test("is told, and an observer that throws changes nothing", async () => {
    const told: unknown[] = [];
    const result = await load(fakeStore({ faults: ["refused"] }), 1, {
      onRetry: (retry) => {
        told.push(retry);
        throw new Error("observer");
      },
    });
    expect(result.loaded).toBe(1);
    expect(told).toEqual([{ code: "40P01", attempt: 1, delayMs: 50 }]);
  });

  test("ends with the signal, without an error of its own", async () => {
    const abort = new AbortController();
    const store = fakeStore({ faults: Array(10).fill("refused") });
    const result = await load(store, 2, { signal: abort.signal, onRetry: () => abort.abort() });
    expect(result).toMatchObject({ unloaded: ["m0", "m1"], error: null, statements: 1 });
  });
});

test("a fatal error stops at once, and what was committed before it stays counted", async () => {
  // The whole batch, its first half, then the second half.
  const store = fakeStore({ faults: ["none", "none", "fatal"], bad: new Set(["m3"]) });
  const result = await load(store, 4);
  expect(result).toMatchObject({ loaded: 2, done: ["m0", "m1"], unloaded: ["m2", "m3"], rejects: [] });
  expect(result.error).toMatchObject({ kind: "failed", sqlState: "42P01" });
});

test("a message that is twice in a batch is loaded once and a duplicate once", async () => {
  const messages = ["a", "b", "a"].map(aMessage);
  const options = { store: fakeStore({ bad: new Set(["b"]) }), clock: fakeClock(), retryForMs: 0 };
  const result = await loadBatch({ runId: "run", stamp: "now", messages }, options);
  expect(result).toMatchObject({ loaded: 1, duplicates: 1, done: ["a", "a"], error: null });
});

test("what a store throws by mistake is an error of the run, and leaves the rows in doubt", async () => {
  const store = { load: () => Promise.reject(new TypeError("secret")) };
  const messages = [aMessage("a")];
  const result = await loadBatch(
    { runId: "run", stamp: "now", messages },
    { store, clock: fakeClock(), retryForMs: 0 },
  );
  expect(result.inDoubt).toEqual(["a"]);
  expect(result.error?.message).not.toContain("secret");
});

test("halves of a batch whose outcome is unknown know what it commits in the end", async () => {
  const committed = new Set<string>();
  let attempts = 0;
  const store: LoadBatchOptions["store"] = {
    load: async ({ messages }, { isRetry }) => {
      attempts += 1;
      if (attempts === 1) throw new StoreError("transient", "connection lost", { outcomeUnknown: true });
      if (attempts === 2) throw new StoreError("data", "refused for a moment", { sqlState: "23503" });
      // By now the server has carried out what it was sent first.
      for (const id of ["m0", "m1", "m2", "m3"]) committed.add(id);
      const fresh = messages.filter(({ messageId }) => !committed.has(messageId)).length;
      const loaded = isRetry ? messages.length : fresh;
      return { loaded, duplicates: messages.length - loaded, rows: loaded, superseded: 0 };
    },
  };
  const messages = Array.from({ length: 4 }, (_, index) => aMessage(`m${index}`));
  const result = await loadBatch(
    { runId: "run", stamp: "now", messages },
    { store, clock: fakeClock(), retryForMs: 10_000 },
  );
  expect(result).toMatchObject({ loaded: 4, duplicates: 0, rejects: [], inDoubt: [], error: null });
});

describe("a load that is given up for its refusals", () => {
  const bad = new Set(Array.from({ length: 16 }, (_, index) => `m${index}`));
  const afterThree = (): Pick<LoadBatchOptions, "onRefused" | "isHopeless"> => {
    let refused = 0;
    return {
      onRefused: () => {
        refused += 1;
      },
      isHopeless: () => refused >= 3,
    };
  };

  test("leaves the rest unloaded, and asks no more", async () => {
    const result = await load(fakeStore({ bad }), 16, afterThree());
    expect(result.rejects).toHaveLength(3);
    expect(result.unloaded).toHaveLength(13);
    expect(result.statements).toBeLessThan(16);
    expect(result.error).toBeNull();
  });

  test("finds out all the same what became of rows in doubt: the database does answer", async () => {
    const result = await load(fakeStore({ bad, faults: ["lost before commit"] }), 16, afterThree());
    expect(result.rejects).toHaveLength(16);
    expect(result.inDoubt).toEqual([]);
  });
});

describe("what is to be kept back", () => {
  const behind =
    (place: number) =>
    (id: string): boolean =>
      Number(id.slice(1)) > place;

  test("is left out of every statement, and asked about before each", async () => {
    let isHeld = (_id: string): boolean => false;
    const store = fakeStore({ bad: new Set(["m2"]) });
    const result = await load(store, 8, {
      onRefused: () => {
        isHeld = behind(2);
      },
      isKeptBack: (id) => isHeld(id),
    });
    expect(result.done).toEqual(["m0", "m1"]);
    expect(result.rejects.map(({ messageId }) => messageId)).toEqual(["m2"]);
    expect(result.keptBack).toEqual(["m3", "m4", "m5", "m6", "m7"]);
    expect(result).toMatchObject({ loaded: 2, unloaded: [], inDoubt: [], error: null });
    expect([...store.ledger.keys()]).toEqual(["m0", "m1"]);
  });

  test("is asked for all the same when it may be loaded already", async () => {
    const store = fakeStore({ faults: ["lost after commit"] });
    let attempts = 0;
    const result = await load(store, 4, {
      isKeptBack: (id) => {
        attempts += 1;
        return attempts > 4 && behind(0)(id);
      },
    });
    expect(result).toMatchObject({ loaded: 4, keptBack: [] });
  });
});
