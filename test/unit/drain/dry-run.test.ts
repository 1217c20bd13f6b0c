import { expect, test } from "vitest";
import { DRY_RUN_MAX } from "../../../src/drain/limits.js";
import { bodies, createWorld, expectSound, REFUSED, REJECTED, WARNED } from "./support.js";

test("a dry run says what would be, loads and deletes nothing, and gives everything back", async () => {
  const world = createWorld({
    bodies: [...bodies(200), ...bodies(4, REJECTED), ...bodies(2, REFUSED), ...bodies(3, WARNED)],
  });
  const report = await world.drain({ dryRun: true });
  expect(report).toMatchObject({
    dry_run: true,
    stopped_because: "empty",
    received: 209,
    loaded: 0,
    rejected: 4,
    released: 205,
    in_doubt: 0,
    deleted: 0,
    batches: 0,
    warnings: { app_version: { not_convertible: 3 } },
  });
  expect(world.store.calls).toEqual([]);
  expect(report.requests.delete).toBe(0);
  expect(world.queue.counters()).toEqual({ visible: 209, in_flight: 0, delayed: 0 });
  expectSound(world, report);
  expect(world.clock.pending()).toBe(0);
});

test("each message is seen once, however long it takes", async () => {
  const world = createWorld({ bodies: bodies(50) });
  world.queue.send(bodies(50), 9_000);
  const report = await world.drain({ dryRun: true, limits: { visibilitySeconds: 4, waitSeconds: 20 } });
  expect(report).toMatchObject({ received: 100, released: 100, duplicates: 0 });
});

test("it has an end even if the queue has none", async () => {
  const world = createWorld({ bodies: bodies(DRY_RUN_MAX + 50) });
  const report = await world.drain({ dryRun: true });
  expect(report).toMatchObject({ stopped_because: "max", received: DRY_RUN_MAX, released: DRY_RUN_MAX });
  expect(world.queue.counters().visible).toBe(DRY_RUN_MAX + 50);
});

test("it does not keep the bodies: more of them go through than may be in hand", async () => {
  const body = "x".repeat(1024 * 1024);
  const world = createWorld({ bodies: Array.from({ length: 150 }, () => body) });
  const report = await world.drain({ dryRun: true });
  expect(report).toMatchObject({ received: 150, released: 150 });
});

test("a stop gives everything back", async () => {
  const world = createWorld({ bodies: bodies(50) });
  const run = world.start({ dryRun: true, limits: { waitSeconds: 20 } });
  await world.clock.advance(5_000);
  world.stop.abort();
  expect(await world.clock.run(run)).toMatchObject({ stopped_because: "signal", received: 50, released: 50 });
  expect(world.queue.counters().visible).toBe(50);
});

test("no lease is renewed any more once messages are being given back", async () => {
  const world = createWorld({ bodies: bodies(30), queue: { latencyMs: 20 } });
  world.queue.hang = ({ visibilitySeconds }) => (visibilitySeconds.includes(0) ? 5_000 : 0);
  const report = await world.drain({ dryRun: true, limits: { visibilitySeconds: 2 } });
  expect(report).toMatchObject({ received: 30, released: 30 });
  const seconds = world.queue.calls.flatMap(({ visibilitySeconds }) => visibilitySeconds);
  expect(seconds.slice(seconds.indexOf(0))).toEqual(Array.from({ length: 30 }, () => 0));
  expectSound(world, report);
});

test("it warns of messages that the next receive may move to the dead-letter queue", async () => {
  const world = createWorld({ bodies: [...bodies(2), ...bodies(1, REJECTED)], maxReceiveCount: 2 });
  const notices = (): string[] =>
    world.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  await world.drain({ dryRun: true });
  expect(notices()).toEqual([]);
  await world.drain({ dryRun: true });
  expect(notices()).toEqual([
    "near the redrive limit: the next receive may move 3 of the messages to the dead-letter queue",
  ]);
});
