import { expect, test } from "vitest";
import { fatal } from "../../support/fake-store.js";
import { bodies, createWorld, expectSound } from "./support.js";

test("what another run has loaded is a duplicate, and is deleted", async () => {
  const world = createWorld({ bodies: bodies(20) });
  world.queue.chances = { failedEntry: 1 };
  const first = await world.drain();
  expect(first).toMatchObject({ loaded: 20, deleted: 0, delete_failed: 20 });
  expectSound(world, first);

  world.queue.chances = {};
  await world.clock.advance(120_000);
  const before = world.queue.delivered();
  const second = await world.drain();
  expect(second).toMatchObject({ received: 20, loaded: 0, duplicates: 20, deleted: 20 });
  expect(world.store.rows).toHaveLength(20);
  expect(world.queue.left()).toEqual([]);
  expectSound(world, second, before);
});

test("the loader is told how often a message has been handed out", async () => {
  const world = createWorld({ bodies: bodies(20) });
  world.store.fault = (method) => (method === "load" ? fatal() : undefined);
  expect(await world.drain()).toMatchObject({ loaded: 0, released: 20 });
  world.store.fault = undefined;
  world.queue.send(bodies(1));
  await world.clock.advance(120_000);
  expect(await world.drain()).toMatchObject({ loaded: 21 });
  expect(world.store.rows.map(({ receiveCount }) => receiveCount).sort()).toEqual([1, ...Array(20).fill(2)]);
});

test("a redelivery of a message in hand is a duplicate, and its newest handle deletes it", async () => {
  for (const staleHandles of ["ignored", "refused"] as const) {
    const world = createWorld({
      bodies: bodies(30),
      queue: { staleHandles },
      store: { latencyMs: 20_000 },
    });
    // No renewal goes through, so the leases end while the rows are being loaded.
    world.queue.chances = { failedEntry: 1 };
    world.clock.after(4_000, () => {
      world.queue.chances = {};
    });
    const report = await world.drain({ limits: { visibilitySeconds: 2 } });
    expect(report.duplicates).toBeGreaterThanOrEqual(30);
    expect(report).toMatchObject({ loaded: 30, released: 0, in_doubt: 0, deleted: 30, delete_failed: 0 });
    expect(world.queue.left()).toEqual([]);
    expect(world.store.rows).toHaveLength(30);
    expectSound(world, report);
  }
});

test("permits are not used up by redeliveries", async () => {
  const world = createWorld({
    bodies: bodies(2_000),
    queue: { latencyMs: 10, chances: { redelivery: 0.8 } },
    store: { latencyMs: 1_000 },
  });
  // Room for 60 messages.
  const report = await world.drain({ limits: { batchSize: 10, concurrency: 2 } });
  expect(report).toMatchObject({ stopped_because: "empty", loaded: 2_000 });
  expect(report.duplicates).toBeGreaterThan(100);
  expectSound(world, report);
});

test("leases last for as long as a load takes", async () => {
  const world = createWorld({ bodies: bodies(25), store: { latencyMs: 300_000 } });
  const report = await world.drain({ limits: { visibilitySeconds: 10, batchSize: 5 } });
  expect(report).toMatchObject({ received: 25, loaded: 25, duplicates: 0, deleted: 25 });
  expect(report.requests.extend).toBeGreaterThan(0);
});
