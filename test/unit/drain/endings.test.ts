import { expect, test } from "vitest";
import type { DrainEvent } from "../../../src/drain/events.js";
import { fatal } from "../../support/fake-store.js";
import { bodies, createWorld, expectSound, REJECTED, type World } from "./support.js";

const types = (world: World): string[] => world.events.map(({ type }) => type);

test("an empty queue ends in about two seconds", async () => {
  const world = createWorld();
  const report = await world.drain();
  expect(report).toMatchObject({ stopped_because: "empty", received: 0, batches: 0 });
  expect(world.seconds()).toBeLessThan(3);
  expect(report.requests).toEqual(world.queue.requests);
  expectSound(world, report);
});

test("everything is loaded, deleted and written down", async () => {
  const world = createWorld({ bodies: bodies(2_500), queue: { latencyMs: 20 }, store: { latencyMs: 50 } });
  const report = await world.drain();
  expectSound(world, report);
  expect(report).toMatchObject({ stopped_because: "empty", received: 2_500, loaded: 2_500, deleted: 2_500 });
  expect(report.queue_after).toEqual({ visible: 0, in_flight: 0, delayed: 0 });
  expect(report.requests.delete).toBeLessThanOrEqual(260);
  expect(world.queue.left()).toEqual([]);
  expect(world.store.runs).toMatchObject([
    { id: "run 1", stoppedBecause: "empty", counters: { loaded: 2_500 } },
  ]);
  expect(world.clock.pending()).toBe(0);
  expect(types(world)[0]).toBe("started");
});

test("the rate is that of the work, without the waits that find the queue empty and without giving back", async () => {
  const settings = { bodies: bodies(2_500), queue: { latencyMs: 20 }, store: { latencyMs: 50 } };
  const drained = await createWorld(settings).drain();
  const workMs = (drained.received * 1_000) / drained.messages_per_second;
  expect(workMs).toBeGreaterThan(0);
  expect(workMs).toBeLessThan(drained.duration_ms - 1_000);
  expect((await createWorld().drain()).messages_per_second).toBe(0);
});

test("the end of receiving is told once, with its reason", async () => {
  const stopping = (world: World): DrainEvent[] => world.events.filter(({ type }) => type === "stopping");
  const world = createWorld({ bodies: bodies(20) });
  await world.drain({ limits: { max: 10 } });
  expect(stopping(world)).toEqual([{ type: "stopping", because: "max" }]);

  const other = createWorld({ store: { latencyMs: 10_000 } });
  const run = other.start();
  await other.clock.advance(2_000);
  other.stop.abort();
  await other.clock.run(run);
  expect(stopping(other)).toEqual([{ type: "stopping", because: "empty" }]);
});

test("max is exact, and what is beyond it stays as it was", async () => {
  for (const max of [1, 10, 95, 100]) {
    const world = createWorld({
      seed: max,
      bodies: bodies(300),
      queue: { latencyMs: 20, chances: { partialPage: 0.5 } },
    });
    const report = await world.drain({ limits: { max } });
    expect(report).toMatchObject({ stopped_because: "max", received: max, loaded: max });
    expect(world.queue.counters()).toEqual({ visible: 300 - max, in_flight: 0, delayed: 0 });
    expectSound(world, report);
  }
});

test("max-duration stops receiving, and what is in hand is loaded", async () => {
  const world = createWorld({ bodies: bodies(50) });
  const arrive = (): void => {
    world.queue.send(["more"]);
    if (world.seconds() < 60) world.clock.after(500, arrive);
  };
  arrive();
  const report = await world.drain({ limits: { maxDurationMs: 10_000 } });
  expect(report).toMatchObject({ stopped_because: "max-duration", in_doubt: 0 });
  expect(report.duration_ms).toBeGreaterThanOrEqual(10_000);
  expect(report.duration_ms).toBeLessThan(12_000);
  expect(report.loaded).toBeGreaterThan(50);
  expect(world.events).toContainEqual({ type: "stopping", because: "max-duration" });
});

test("a stop loads what is in hand and gives back what comes late", async () => {
  const world = createWorld({ bodies: bodies(30) });
  world.queue.send(["late 1", "late 2"], 5_500);
  const run = world.start({ limits: { waitSeconds: 20 } });
  await world.clock.advance(5_000);
  world.stop.abort();
  const report = await world.clock.run(run);
  expect(report).toMatchObject({
    stopped_because: "signal",
    received: 32,
    loaded: 30,
    released: 2,
    deleted: 30,
  });
  expect(world.queue.counters()).toEqual({ visible: 2, in_flight: 0, delayed: 0 });
  expect(world.seconds()).toBeLessThan(9);
  expectSound(world, report);
  expect(world.clock.pending()).toBe(0);
});

test("a stop in the middle of a full stream leaves everything loaded or on the queue", async () => {
  const world = createWorld({ bodies: bodies(20_000), queue: { latencyMs: 30 }, store: { latencyMs: 200 } });
  const run = world.start();
  await world.clock.advance(700);
  world.stop.abort();
  const report = await world.clock.run(run);
  expect(report.stopped_because).toBe("signal");
  expect(report.loaded).toBeGreaterThan(0);
  expect(report.in_doubt).toBe(0);
  expect(world.store.rows.length + world.queue.left().length).toBe(20_000);
  expect(world.queue.counters().in_flight).toBe(0);
  expectSound(world, report);
});

test("stopped before it began, it receives nothing and still reports", async () => {
  const world = createWorld({ bodies: bodies(5) });
  world.stop.abort();
  const report = await world.drain();
  expect(report).toMatchObject({ stopped_because: "signal", received: 0 });
  expect(report.requests.receive).toBe(0);
});

test("a kill ends at once: what has no outcome yet is in doubt, and no call is waited for", async () => {
  const world = createWorld({ bodies: bodies(40), store: { latencyMs: 60_000 } });
  const run = world.start({ limits: { batchSize: 10 } });
  await world.clock.advance(3_000);
  const startMs = world.clock.now();
  world.kill.abort();
  // No time passes: nothing that is under way is waited for.
  const report = await run;
  expect(world.clock.now()).toBe(startMs);
  expect(report).toMatchObject({ stopped_because: "signal", received: 40 });
  expect(report.in_doubt).toBeGreaterThan(0);
  expect(report.queue_after).toBeNull();
  expectSound(world, report);

  // Whatever was under way ends as it may: nothing is lost, and the next run finds the rest.
  await world.clock.advance(300_000);
  world.kill = new AbortController();
  const before = world.queue.delivered();
  const second = await world.drain();
  expectSound(world, second, before);
  expect(world.store.rows).toHaveLength(40);
  expect(world.queue.left()).toEqual([]);
});

test("a second signal after the first ends the waiting for a database that hangs", async () => {
  const world = createWorld({ bodies: bodies(5), store: { latencyMs: 10 ** 9 } });
  const run = world.start();
  await world.clock.advance(2_000);
  world.stop.abort();
  await world.clock.advance(30_000);
  world.kill.abort();
  expect(await run).toMatchObject({ stopped_because: "signal", in_doubt: 5 });
});

test("a killed run gives nothing back any more: its leases may have ended, and the messages be others'", async () => {
  const world = createWorld({ bodies: bodies(30), store: { latencyMs: 60_000 } });
  world.store.fault = () => fatal();
  const run = world.start();
  await world.clock.advance(2_000);
  world.kill.abort();
  expect(await run).toMatchObject({ received: 30, in_doubt: 30 });
  await world.clock.advance(300_000);
  expect(world.queue.calls.filter(({ method }) => method === "extend")).toEqual([]);
  expect(world.store.runs).toEqual([]);
});

test("killed before it began, it reports nothing received", async () => {
  const world = createWorld({ bodies: bodies(5) });
  world.kill.abort();
  expect(await world.start()).toMatchObject({ stopped_because: "signal", received: 0 });
});

test("an observer that throws is not the run's concern", async () => {
  const world = createWorld({
    bodies: [...bodies(100), ...bodies(2, REJECTED)],
    store: { chances: { refused: 0.5 } },
  });
  const onEvent = (_: DrainEvent): void => {
    throw new Error("the observer's own affair");
  };
  const report = await world.drain({ onEvent });
  expect(report).toMatchObject({ stopped_because: "empty", loaded: 100, rejected: 2 });
  expectSound(world, report);
});

test("progress is told while it goes on, ten times a second at the most", async () => {
  const world = createWorld({ bodies: bodies(5_000), queue: { latencyMs: 50 }, store: { latencyMs: 100 } });
  const toldAtMs: number[] = [];
  const received: number[] = [];
  await world.drain({
    onEvent: (event) => {
      if (event.type !== "progress") return;
      toldAtMs.push(world.clock.now());
      received.push(event.progress.received);
    },
  });
  expect(toldAtMs.length).toBeGreaterThan(5);
  expect(received).toEqual(received.toSorted((a, b) => a - b));
  toldAtMs.slice(1).forEach((atMs, index) => {
    expect(atMs - (toldAtMs[index] ?? 0)).toBeGreaterThanOrEqual(100);
  });
});

test.each([
  ["before its end is recorded", 0],
  ["while its end is being recorded", 20_000],
])("a stop %s: a database that does not answer is not waited for much longer", async (_when, afterMs) => {
  const world = createWorld({ bodies: bodies(20) });
  world.store.hang = (method) => (method === "finishRun" ? 600_000 : 0);
  const run = world.start();
  await world.clock.advance(1_000 + afterMs);
  const stoppedAt = world.seconds();
  world.stop.abort();
  await world.clock.advance(10_000);
  const report = await run;
  expect(world.seconds() - stoppedAt).toBe(10);
  expect(report).toMatchObject({
    stopped_because: "error",
    error: { kind: "unavailable", code: "timed_out" },
    loaded: 20,
    deleted: 20,
  });
  expectSound(world, report);
});
