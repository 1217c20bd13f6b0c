import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Fault } from "../loader/fake-store.js";
import { fatal, lost } from "./fake-quarantine.js";
import { createWorld, expectSound, ids } from "./support.js";

describe("unknown outcomes", () => {
  test.each<[Fault]>([["lost after commit"], ["lost before commit"]])(
    "a connection %s: asked again, it counts as loaded and not as duplicate",
    async (fault) => {
      const world = createWorld({ ids: ids(5), faults: [fault] });
      const report = await world.replay();
      expect(report).toMatchObject({
        stopped_because: "done",
        read: 5,
        loaded: 5,
        duplicates: 0,
        retries: 1,
      });
      expect(world.quarantine.attempts).toMatchObject([{ isRetry: false }, { isRetry: true }]);
      expect(world.quarantine.sealed.size).toBe(0);
    },
  );

  test("what was loaded before stays a duplicate, also when the outcome was unknown for a while", async () => {
    const world = createWorld({ ids: ids(5), loaded: ids(2), faults: ["lost after commit"] });
    expect(await world.replay()).toMatchObject({ loaded: 3, duplicates: 2 });
  });

  test("nobody can be asked for a minute: in doubt, and nothing more is read", async () => {
    const faults = Array<Fault>(200).fill("lost after commit");
    const world = createWorld({ ids: [...ids(3), "0003r", ...ids(30).slice(10)], faults });
    const report = await world.replay();
    expect(report).toMatchObject({
      stopped_because: "error",
      error: { kind: "unavailable", code: "database_unavailable" },
      ...{ read: 10, loaded: 0, rejected: 1, not_tried: 0, in_doubt: 9 },
    });
    expectSound(world, report);
    expect(world.quarantine.pages).toEqual([10]);
  });

  test("nothing was sent: not tried, for sure", async () => {
    const faults = Array<Fault>(200).fill("refused");
    const world = createWorld({ ids: ids(3), faults });
    expect(await world.replay()).toMatchObject({ stopped_because: "error", not_tried: 3, in_doubt: 0 });
  });
});

describe("a database that fails", () => {
  test.each(["page", "renew", "count", "finishRun"] as const)(
    "for a moment at %s is asked again",
    async (method) => {
      let failures = 2;
      const world = createWorld({
        ids: ids(3, "r"),
        before: (called) => {
          if (called !== method || failures === 0) return;
          failures -= 1;
          throw lost();
        },
      });
      const report = await world.replay();
      expect(report).toMatchObject({
        stopped_because: "done",
        read: 3,
        rejected: 3,
        retries: 2,
        sealed_after: 3,
      });
      expect(world.quarantine.renewed).toHaveLength(3);
      expect(world.events.filter(({ type }) => type === "retry")).toHaveLength(2);
    },
  );

  test.each(["page", "renew", "finishRun"] as const)(
    "for good at %s is the replay's error",
    async (method) => {
      const world = createWorld({
        ids: [...ids(3), "0003r"],
        before: (called) => {
          if (called === method) throw fatal();
        },
      });
      const report = await world.replay();
      expect(report).toMatchObject({ stopped_because: "error", error: { kind: "failed" } });
      expectSound(world, report);
      expect(world.events.filter(({ type }) => type === "failed")).toHaveLength(1);
      expect(report.read).toBe(method === "page" ? 0 : 4);
      expect(report).toMatchObject(method === "page" ? {} : { loaded: 3, rejected: 1 });
    },
  );

  test("at the very end does not change what was done: how many are sealed is not known", async () => {
    let counted = 0;
    const world = createWorld({
      ids: ids(3),
      before: (called) => {
        if (called !== "count") return;
        counted += 1;
        if (counted > 1) throw fatal();
      },
    });
    expect(await world.replay()).toMatchObject({ stopped_because: "done", loaded: 3, sealed_after: null });
  });

  test("is not waited for again at the end", async () => {
    const world = createWorld({
      ids: ids(3),
      before: () => {
        throw lost();
      },
    });
    const startMs = world.clock.now();
    expect(await world.replay()).toMatchObject({ stopped_because: "error", read: 0, sealed_after: null });
    expect(world.clock.now() - startMs).toBeLessThanOrEqual(61_000);
  });
});

describe("an interruption", () => {
  test("finishes the page in hand and reads no other", async () => {
    const world = createWorld({ ids: ids(30) });
    const report = await world.replay({
      open: (_sealed, id) => {
        world.stop.abort();
        return { messageId: id, body: id, sentAtMs: 0, receiveCount: 1, attributes: {} };
      },
    });
    expect(report).toMatchObject({ stopped_because: "signal", read: 10, loaded: 10, sealed_after: 20 });
    expect(world.quarantine.pages).toEqual([10]);
    expect(world.quarantine.runs).toMatchObject([{ stoppedBecause: "signal" }]);
    expect(world.events).toContainEqual({ type: "stopping", because: "signal" });
  });

  test("while an outage is waited out at a read ends it at once: reading changes nothing", async () => {
    const world = createWorld({
      ids: ids(3),
      before: (called) => {
        if (called === "page") throw lost();
      },
    });
    const running = world.start();
    await world.clock.advance(5_000);
    world.stop.abort();
    const startMs = world.clock.now();
    const report = await world.clock.run(running);
    expect(report).toMatchObject({ stopped_because: "signal", read: 0, sealed_after: 3 });
    expect(world.clock.now()).toBe(startMs);
  });

  test("does not wait for a read without an answer", async () => {
    const world = createWorld({
      ids: ids(3),
      before: (called) => (called === "page" ? new Promise(() => {}) : undefined),
    });
    const running = world.start();
    await world.clock.settle();
    world.stop.abort();
    expect(await world.clock.run(running)).toMatchObject({ stopped_because: "signal", read: 0 });
  });

  test("does not wait long for a database that answers nothing any more", async () => {
    let isSilent = false;
    const world = createWorld({
      ids: ids(3),
      before: (called) => {
        isSilent ||= called === "page";
        return isSilent ? new Promise(() => {}) : undefined;
      },
    });
    const running = world.start();
    await world.clock.settle();
    const startMs = world.clock.now();
    world.stop.abort();
    expect(await world.clock.run(running)).toMatchObject({
      stopped_because: "error",
      error: { kind: "unavailable", code: "timed_out" },
      read: 0,
      sealed_after: null,
    });
    expect(world.clock.now() - startMs).toBeLessThanOrEqual(10_000);
    expect(world.clock.pending()).toBe(0);
  });

  test("nor for one that refuses to record the end", async () => {
    const world = createWorld({
      ids: ids(3),
      before: (called) => {
        if (called === "page") world.stop.abort();
        if (called === "finishRun") throw lost();
      },
    });
    const startMs = world.clock.now();
    expect(await world.replay()).toMatchObject({ stopped_because: "error", read: 0 });
    expect(world.clock.now() - startMs).toBeLessThanOrEqual(5_000);
  });

  test("a second one ends at once: what has no outcome is in doubt, the rejects are known", async () => {
    const world = createWorld({
      ids: [...ids(3), "0003r"],
    });
    const hanging = { ...world.quarantine, load: () => new Promise<never>(() => {}) };
    const running = world.start({ quarantine: hanging });
    await world.clock.settle();
    world.stop.abort();
    world.kill.abort();
    const report = await world.clock.run(running);
    expect(report).toMatchObject({
      stopped_because: "signal",
      read: 4,
      rejected: 1,
      in_doubt: 3,
      sealed_after: null,
    });
    expectSound(world, report);
  });

  test("a kill alone reads no further page either", async () => {
    const world = createWorld({ ids: ids(30) });
    const report = await world.replay({
      open: (_sealed, id) => {
        world.kill.abort();
        return { messageId: id, body: id, sentAtMs: 0, receiveCount: 1, attributes: {} };
      },
    });
    expect(report.stopped_because).toBe("signal");
    await world.clock.settle();
    expect(world.quarantine.pages).toEqual([10]);
  });

  test("before anything was asked reads nothing", async () => {
    const world = createWorld({ ids: ids(3) });
    world.stop.abort();
    expect(await world.replay()).toMatchObject({ stopped_because: "signal", read: 0, sealed_after: 3 });
    expect(world.quarantine.pages).toEqual([]);
  });
});

test("a database that refuses everything ends it: the rest stays sealed, untried", async () => {
  const all = ids(50);
  const world = createWorld({ ids: all, bad: new Set(all) });
  const report = await world.replay({ rejectsInARow: 25 });
  expect(report).toMatchObject({
    stopped_because: "rejects",
    read: 30,
    rejected: 25,
    not_tried: 5,
    in_doubt: 0,
  });
  expect(world.quarantine.sealed.size).toBe(50);
  expect(world.events).toContainEqual({
    type: "notice",
    message: "25 rows in a row were refused by the database: check the table and its triggers",
  });
  expectSound(world, report);
});

test("an observer that throws is not the replay's concern", async () => {
  const world = createWorld({ ids: ids(30) });
  const onEvent = () => {
    throw new Error("drawing failed");
  };
  expect(await world.replay({ onEvent })).toMatchObject({ loaded: 30 });
});

test("a dry run writes nothing, not even that it ran", async () => {
  const world = createWorld({ ids: [...ids(3), "0003r", "0004x"] });
  const report = await world.replay({ dryRun: true });
  expect(report).toMatchObject({ read: 5, not_tried: 3, rejected: 2, sealed_after: 5 });
  expect(world.quarantine).toMatchObject({ attempts: [], renewed: [], runs: [] });
});

test("whatever fails and whenever it is interrupted: all is accounted for, no row is lost or there twice", async () => {
  const kinds = fc.constantFrom("", "", "", "x", "r");
  const faults = fc.constantFrom<Fault>(
    ...(["none", "none", "refused", "lost before commit", "lost after commit", "fatal"] as const),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(kinds, { maxLength: 40 }),
      fc.array(faults, { maxLength: 30 }),
      fc.array(fc.nat(39), { maxLength: 8 }),
      fc.option(fc.integer({ min: 1, max: 45 })),
      fc.option(fc.tuple(fc.nat(40_000), fc.boolean())),
      async (sealed, failing, bad, max, interruption) => {
        const all = sealed.map((kind, index) => `${String(index).padStart(4, "0")}${kind}`);
        const refused = new Set(bad.map((index) => all[index] ?? ""));
        const world = createWorld({ ids: all, bad: refused, faults: failing });
        if (interruption !== null) {
          const [afterMs, isKill] = interruption;
          world.clock.after(afterMs, () => {
            world.stop.abort();
            if (isKill) world.kill.abort();
          });
        }
        const limit = max ?? Number.POSITIVE_INFINITY;
        const report = await world.replay({ max: limit, batchSize: 7 });
        expectSound(world, report);
        expect(report.read).toBeLessThanOrEqual(Math.min(limit, all.length));
        const { ledger, sealed: left } = world.quarantine;
        for (const id of all) expect(ledger.has(id)).toBe(!left.has(id));
        const fit = (id: string) => !id.endsWith("x") && !id.endsWith("r") && !refused.has(id);
        expect([...ledger.keys()].every(fit)).toBe(true);
        if (report.stopped_because === "done") expect([...left].some(fit)).toBe(false);
      },
    ),
    { numRuns: 400 },
  );
});
