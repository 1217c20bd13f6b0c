import { describe, expect, test } from "vitest";
import { type LoadBatchOptions, type LoadResult, loadBatch } from "../../../src/loader/load-batch.js";
import { type FakeStore, fakeClock, fakeStore } from "./fake-store.js";

function load(store: FakeStore, count: number, options: Partial<LoadBatchOptions> = {}): Promise<LoadResult> {
  const rows = Array.from({ length: count }, (_, index) => ({ messageId: `m${index}`, values: [] }));
  return loadBatch(
    { runId: "run", stamp: "now", rows },
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
    expect(told).toEqual([{ code: "sqlstate_40P01", attempt: 1, delayMs: 50 }]);
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
  const rows = ["a", "b", "a"].map((messageId) => ({ messageId, values: [] }));
  const options = { store: fakeStore({ bad: new Set(["b"]) }), clock: fakeClock(), retryForMs: 0 };
  const result = await loadBatch({ runId: "run", stamp: "now", rows }, options);
  expect(result).toMatchObject({ loaded: 1, duplicates: 1, done: ["a", "a"], error: null });
});

test("what a store throws by mistake is an error of the run, and leaves the rows in doubt", async () => {
  const store = { load: () => Promise.reject(new TypeError("secret")) };
  const rows = [{ messageId: "a", values: [] }];
  const result = await loadBatch(
    { runId: "run", stamp: "now", rows },
    { store, clock: fakeClock(), retryForMs: 0 },
  );
  expect(result.inDoubt).toEqual(["a"]);
  expect(result.error?.message).not.toContain("secret");
});
