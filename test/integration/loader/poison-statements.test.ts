import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/clock.js";
import { type LoadResult, loadBatch } from "../../../src/loader/load-batch.js";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import type { Store } from "../../../src/loader/store.js";
import { useDatabase } from "../../support/database.js";
import { batchOf, loginStore } from "./login-store.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});
let store: Store;
beforeAll(async () => {
  store = loginStore(database);
  await database.query("alter table user_logins add constraint good check (app_version > 0)");
});
beforeEach(() => database.query("truncate user_logins, sqs2pg.ledger"));
afterAll(() => store.close());

/** Loads `count` rows of which some are bad, and expects the right ones to be refused. */
async function loadWith(count: number, isBad: (index: number) => boolean): Promise<LoadResult> {
  const batch = batchOf(
    ...Array.from({ length: count }, (_, index) => [`user${index}`, null, isBad(index) ? -1 : 1, null]),
  );
  const result = await loadBatch(batch, { store, clock: systemClock, retryForMs: 20_000 });
  const bad = batch.messages.filter((_, index) => isBad(index)).map(({ messageId }) => messageId);
  expect(result.rejects.map(({ messageId }) => messageId)).toEqual(bad);
  expect(result).toMatchObject({ loaded: count - bad.length, duplicates: 0, unloaded: [], error: null });
  return result;
}

describe("statements that it takes to find bad rows:", () => {
  test.each([0, 499, 500, 999])("one of 1,000 at place %i: two a level of halving", async (at) => {
    const { statements } = await loadWith(1_000, (index) => index === at);
    expect(statements).toBeGreaterThanOrEqual(1 + 2 * 9);
    expect(statements).toBeLessThanOrEqual(1 + 2 * 10);
  });

  test("ten that are neighbours cost less than ten that are scattered", async () => {
    const adjacent = await loadWith(1_000, (index) => index >= 300 && index < 310);
    await database.query("truncate user_logins, sqs2pg.ledger");
    const scattered = await loadWith(1_000, (index) => index % 100 === 50);
    expect(adjacent.statements).toBeLessThan(50);
    expect(scattered.statements).toBeGreaterThan(adjacent.statements);
    expect(scattered.statements).toBeLessThanOrEqual(1 + 10 * 2 * 10);
  });

  test("all of them: each piece of the batch once", async () => {
    expect((await loadWith(250, () => true)).statements).toBe(2 * 250 - 1);
  });
});

test("whichever rows are bad, the others are loaded, in no more statements than halving needs", async () => {
  const places = fc.uniqueArray(fc.nat(63), { maxLength: 64 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 64 }), places, async (count, listed) => {
      await database.query("truncate user_logins, sqs2pg.ledger");
      const bad = new Set(listed.filter((place) => place < count));
      const { statements } = await loadWith(count, (index) => bad.has(index));
      const levels = Math.ceil(Math.log2(count));
      expect(statements).toBeLessThanOrEqual(Math.min(1 + bad.size * 2 * levels, 2 * count - 1));
      const rows = await database.query("select from user_logins");
      expect(rows).toHaveLength(count - bad.size);
    }),
    { numRuns: 20 },
  );
});
