import fc from "fast-check";
import { expect, test } from "vitest";
import { bodies, createWorld, expectSound, REFUSED, REJECTED } from "./support.js";

const chance = fc.constantFrom(0, 0, 0.05, 0.3);
const rarely = fc.constantFrom(0, 0, 0, 0.02, 0.2);

const situation = fc.record({
  seed: fc.integer(),
  good: fc.integer({ min: 0, max: 120 }),
  rejected: fc.integer({ min: 0, max: 8 }),
  refused: fc.integer({ min: 0, max: 4 }),
  queue: fc.record({
    partialPage: chance,
    falseEmpty: chance,
    redelivery: chance,
    failedEntry: chance,
    unavailable: rarely,
    lostAnswer: rarely,
  }),
  staleHandles: fc.constantFrom("ignored" as const, "refused" as const),
  countersEveryMs: fc.constantFrom(0, 0, 20_000),
  queueLatencyMs: fc.constantFrom(0, 40, 5_000),
  store: fc.record({ refused: chance, lostBefore: chance, lostAfter: chance }),
  storeLatencyMs: fc.constantFrom(0, 100, 30_000),
  /** Seconds after the start at which a dependency goes away for good, or the run is interrupted. */
  trouble: fc.option(
    fc.record({
      what: fc.constantFrom("stop", "kill", "queue away", "database away", "both away"),
      afterSeconds: fc.double({ min: 0, max: 12, noNaN: true }),
    }),
  ),
  quarantine: fc.boolean(),
  dryRun: fc.nat(5).map((number) => number === 0),
  limits: fc.record(
    {
      max: fc.integer({ min: 1, max: 100 }),
      maxDurationMs: fc.integer({ min: 1, max: 20_000 }),
      batchSize: fc.constantFrom(1, 7, 50, 1_000),
      concurrency: fc.constantFrom(1, 3, 16),
      visibilitySeconds: fc.constantFrom(2, 30, 120),
    },
    { requiredKeys: [] },
  ),
});

test("whatever fails, every message is accounted for, loaded once at most, and deleted only after its commit", async () => {
  await fc.assert(
    fc.asyncProperty(situation, async (now) => {
      const world = createWorld({
        seed: now.seed,
        bodies: [...bodies(now.good), ...bodies(now.rejected, REJECTED), ...bodies(now.refused, REFUSED)],
        queue: {
          chances: now.queue,
          latencyMs: now.queueLatencyMs,
          staleHandles: now.staleHandles,
          countersEveryMs: now.countersEveryMs,
        },
        store: { chances: now.store, latencyMs: now.storeLatencyMs },
      });
      const { clock, queue, store } = world;
      const { what, afterSeconds } = now.trouble ?? { what: "none", afterSeconds: 0 };
      const cancelTrouble = clock.after(afterSeconds * 1000, () => {
        if (what === "stop") world.stop.abort();
        if (what === "kill") world.kill.abort();
        if (what === "queue away" || what === "both away") queue.chances = { ...now.queue, unavailable: 1 };
        if (what === "database away" || what === "both away") store.chances = { ...now.store, refused: 1 };
      });

      const { limits, quarantine, dryRun } = now;
      const report = await world.drain({ limits, quarantine, dryRun });
      if (dryRun) expect(store.calls.length + report.loaded + report.deleted).toBe(0);
      expectSound(world, report);
      if (now.limits.max !== undefined) expect(report.received).toBeLessThanOrEqual(now.limits.max);
      expect(report.error === undefined).toBe(report.stopped_because !== "error");
      if (report.error !== undefined) expect(report.error.kind).toBe("unavailable");
      // Doubt needs a reason: an interruption, or a database that was lost in the middle of a statement.
      const lost = now.store.lostBefore + now.store.lostAfter > 0 && report.stopped_because === "error";
      if (report.in_doubt > 0) expect(what === "kill" || lost).toBe(true);

      // A healthy run afterwards finds everything that is left, and nothing of it twice.
      cancelTrouble();
      queue.chances = {};
      store.chances = {};
      world.stop = new AbortController();
      world.kill = new AbortController();
      await clock.advance(13 * 60 * 60 * 1000);
      const before = queue.delivered();
      const second = await world.drain({ quarantine: now.quarantine });
      expect(second.stopped_because).toBe("empty");
      expectSound(world, second, before);
      expect(second.in_doubt + second.released + second.delete_failed).toBe(0);
      expect(store.rows).toHaveLength(now.good);
      expect(queue.left()).toHaveLength(now.quarantine ? 0 : now.rejected + now.refused);
      expect(clock.pending()).toBe(0);
    }),
    { numRuns: 400 },
  );
}, 60_000);

test("the same seed gives the same run, call by call", async () => {
  const once = async (seed: number): Promise<unknown> => {
    const chances = {
      partialPage: 0.3,
      redelivery: 0.3,
      failedEntry: 0.2,
      unavailable: 0.1,
      lostAnswer: 0.1,
    };
    const world = createWorld({
      seed,
      bodies: [...bodies(300), ...bodies(5, REJECTED), ...bodies(2, REFUSED)],
      queue: { chances, latencyMs: 100 },
      store: { chances: { refused: 0.2, lostBefore: 0.1, lostAfter: 0.1 }, latencyMs: 500 },
    });
    const report = await world.drain({ limits: { batchSize: 20 } });
    return { report, queue: world.queue.calls, store: world.store.calls, events: world.events };
  };
  expect(await once(1)).toEqual(await once(1));
  expect(await once(1)).not.toEqual(await once(2));
});
