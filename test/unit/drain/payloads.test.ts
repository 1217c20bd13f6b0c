import { describe, expect, test } from "vitest";
import { MAX_PAYLOAD_BYTES_IN_HAND } from "../../../src/drain/limits.js";
import { PARALLEL_FETCHES } from "../../../src/payloads/offload.js";
import type { Transform } from "../../../src/transform/types.js";
import {
  createFakeOffload,
  type FakeOffload,
  missingObject,
  pointerTo,
  s3Away,
  s3Denied,
} from "../../support/fake-offload.js";
import { sampleTransform } from "../../support/sample-bodies.js";
import {
  bodies,
  createWorld,
  expectSound,
  REFUSED,
  REJECTED,
  type World,
  type WorldOptions,
} from "./support.js";

/** Makes two rows of each message, of its payload where it has one. */
const transform: Transform = (message, payload) => {
  const outcome = sampleTransform({ ...message, body: payload ?? message.body });
  if ("reject" in outcome) return outcome;
  const [row] = outcome.rows;
  return row === undefined ? outcome : { rows: [row, { target: 0, values: [`${row.values[0]} again`] }] };
};

interface Bench {
  readonly world: World;
  readonly offload: FakeOffload;
  drain(options?: Parameters<World["drain"]>[0]): ReturnType<World["drain"]>;
  /** The first row of each message, in the order in which they were loaded. */
  rows(): unknown[];
}

function bench(options: WorldOptions = {}): Bench {
  const world = createWorld(options);
  const offload = createFakeOffload(world.clock);
  return {
    world,
    offload,
    drain: (run) => world.drain({ transform, offload, ...run }),
    rows: () => world.store.rows.map(({ rows }) => rows[0]?.values[0]),
  };
}

test("payloads are fetched and loaded in the place of their pointers", async () => {
  const { world, offload, drain, rows } = bench({
    bodies: [...bodies(30).map(pointerTo), ...bodies(30, "plain")],
  });
  offload.lag = () => 50;
  const report = await drain();
  expect(report).toMatchObject({ stopped_because: "empty", loaded: 60, rejected: 0, retries: 0 });
  expect(rows().toSorted()).toEqual([...bodies(30), ...bodies(30, "plain")].toSorted());
  expect(offload.asked).toHaveLength(30);
  expect(offload.most()).toBe(PARALLEL_FETCHES);
  expectSound(world, report);
  expect(world.clock.pending()).toBe(0);
});

test("an object that is missing is a reject, recorded with the shape of what is there", async () => {
  const { world, offload, drain } = bench({
    bodies: [pointerTo("gone"), pointerTo(`${REJECTED} me`), "body"],
  });
  offload.objects.set("gone", missingObject);
  const report = await drain();
  expect(report).toMatchObject({ loaded: 1, rejected: 2 });
  expect(report.rejects.map(({ code }) => code).toSorted()).toEqual(["missing", "s3_object_missing"]);
  const shapes = [...world.store.rejects.values()].map(({ code, shape }) => [code, shape]);
  expect(shapes).toContainEqual(["s3_object_missing", { length: 7 }]);
  expect(shapes).toContainEqual(["missing", { length: `${REJECTED} me`.length }]);
  expectSound(world, report);
});

test("what the database refuses is recorded with the shape of its payload, and sealed as it was received", async () => {
  const { world, drain } = bench({ bodies: [pointerTo(`${REFUSED} it`)] });
  const report = await drain({ quarantine: true });
  expect(report).toMatchObject({ rejected: 1, deleted: 1 });
  const [reject] = world.store.rejects.values();
  expect(reject?.shape).toEqual({ length: `${REFUSED} it`.length });
  expect(String(reject?.sealedBody)).toMatch(new RegExp(`s3:${REFUSED} it$`));
});

test("S3 that is away for less than a minute is waited for", async () => {
  const { world, offload, drain } = bench({ bodies: bodies(20).map(pointerTo) });
  offload.fault = () => (world.seconds() < 40 ? s3Away() : undefined);
  const report = await drain();
  expect(report).toMatchObject({ stopped_because: "empty", loaded: 20 });
  expect(report.retries).toBeGreaterThan(0);
  expect(world.events).toContainEqual(expect.objectContaining({ type: "retry", what: "fetch" }));
  expectSound(world, report);
});

test("S3 that stays away ends the run: what is not loaded goes back", async () => {
  const { world, offload, drain } = bench({ bodies: [...bodies(200).map(pointerTo), ...bodies(5)] });
  offload.fault = () => s3Away();
  const report = await drain();
  expect(report).toMatchObject({
    stopped_because: "error",
    error: { kind: "unavailable", code: "service_unavailable" },
    loaded: 5,
    released: 200,
    in_doubt: 0,
  });
  expect(world.seconds()).toBeLessThan(75);
  expect(world.queue.counters()).toMatchObject({ in_flight: 0 });
  expectSound(world, report);
  expect(world.clock.pending()).toBe(0);
});

test("a missing permission ends the run at once", async () => {
  const { world, offload, drain } = bench({ bodies: bodies(100).map(pointerTo) });
  offload.fault = () => s3Denied();
  const report = await drain();
  expect(report).toMatchObject({
    stopped_because: "error",
    error: { code: "s3_access_denied" },
    released: 100,
  });
  expect(world.seconds()).toBeLessThan(5);
  expectSound(world, report);
});

describe("a stop", () => {
  test("finishes the payloads on their way, and gives back what waits for its turn", async () => {
    const { world, offload } = bench({ bodies: bodies(40).map(pointerTo) });
    offload.lag = () => 2_000;
    const running = world.start({ transform, offload });
    await world.clock.advance(100);
    world.stop.abort();
    const report = await world.clock.run(running);
    expect(report).toMatchObject({
      stopped_because: "signal",
      received: 40,
      loaded: PARALLEL_FETCHES,
      released: 40 - PARALLEL_FETCHES,
    });
    expectSound(world, report);
    expect(world.clock.pending()).toBe(0);
  });

  test("does not wait for S3 that hangs", async () => {
    const { world, offload } = bench({ bodies: bodies(40).map(pointerTo) });
    offload.lag = () => 3_600_000;
    const running = world.start({ transform, offload });
    await world.clock.advance(100);
    world.stop.abort();
    const report = await world.clock.run(running);
    expect(report).toMatchObject({ stopped_because: "signal", released: 40, in_doubt: 0 });
    expect(world.seconds()).toBeLessThan(15);
    expectSound(world, report);
    expect(world.clock.pending()).toBe(0);
  });

  test("does not wait out an outage", async () => {
    const { world, offload } = bench({ bodies: bodies(40).map(pointerTo) });
    offload.fault = () => s3Away();
    const running = world.start({ transform, offload });
    await world.clock.advance(10_000);
    world.stop.abort();
    const report = await world.clock.run(running);
    expect(report).toMatchObject({ stopped_because: "signal", released: 40 });
    expect(world.seconds()).toBeLessThan(15);
    expectSound(world, report);
  });
});

test("a kill ends the run at once, and what was on its way is in doubt", async () => {
  const { world, offload } = bench({ bodies: bodies(40).map(pointerTo) });
  offload.lag = () => 3_600_000;
  const running = world.start({ transform, offload });
  await world.clock.advance(100);
  world.kill.abort();
  const report = await running;
  expect(report).toMatchObject({ stopped_because: "signal", received: 40, in_doubt: 40 });
  expectSound(world, report);
});

test("a dry run fetches payloads as well, and holds none of them", async () => {
  const { world, offload, drain } = bench({ bodies: bodies(40).map(pointerTo) });
  for (const key of bodies(40)) offload.objects.set(key, { text: key, bytes: MAX_PAYLOAD_BYTES_IN_HAND });
  const report = await drain({ dryRun: true });
  expect(report).toMatchObject({ received: 40, released: 40, rejected: 0 });
  expect(offload.asked).toHaveLength(40);
  expectSound(world, report);
});

describe("memory", () => {
  test("no payload is fetched while those in hand take all the room", async () => {
    const { world, offload } = bench({ bodies: bodies(40).map(pointerTo) });
    for (const key of bodies(40)) offload.objects.set(key, { text: key, bytes: MAX_PAYLOAD_BYTES_IN_HAND });
    world.store.hang = () => 1_000;
    const running = world.start({ transform, offload });
    await world.clock.advance(500);
    expect(offload.read).toHaveLength(1);
    const report = await world.clock.run(running);
    expect(report).toMatchObject({ loaded: 40 });
    expectSound(world, report);
  });

  test("as many are fetched at once as there is room for", async () => {
    const { world, offload } = bench({ bodies: bodies(40).map(pointerTo) });
    const bytes = MAX_PAYLOAD_BYTES_IN_HAND / 3;
    for (const key of bodies(40)) offload.objects.set(key, { text: key, bytes });
    world.store.hang = () => 1_000;
    const running = world.start({ transform, offload });
    await world.clock.advance(500);
    expect(offload.read).toHaveLength(3);
    const report = await world.clock.run(running);
    expect(report).toMatchObject({ loaded: 40 });
    expectSound(world, report);
  });

  test("fetched payloads become rows one after the other, where their rows take the room", async () => {
    const { world, offload } = bench({ bodies: bodies(PARALLEL_FETCHES).map(pointerTo) });
    let transformed = 0;
    const growing: Transform = (message, payload) => {
      transformed += 1;
      const outcome = transform(message, payload);
      return "reject" in outcome ? outcome : { ...outcome, bytes: MAX_PAYLOAD_BYTES_IN_HAND };
    };
    offload.transferMs = 10;
    world.store.hang = () => 1_000;
    const running = world.start({ transform: growing, offload });
    await world.clock.advance(500);
    expect([offload.read.length, transformed]).toEqual([PARALLEL_FETCHES, 1]);
    const report = await world.clock.run(running);
    expect(report).toMatchObject({ loaded: PARALLEL_FETCHES });
    expectSound(world, report);
  });

  test("what a payload had is free again when it cannot become rows, is missing or fails on its way", async () => {
    const bad = [`${REJECTED} 1`, "gone", `${REJECTED} 2`, "late"];
    const { world, offload } = bench({ bodies: [...bad, ...bodies(5)].map(pointerTo) });
    for (const key of [...bad, ...bodies(5)])
      offload.objects.set(key, { text: key, bytes: MAX_PAYLOAD_BYTES_IN_HAND });
    offload.objects.set("gone", missingObject);
    offload.fault = (key) => (key === "late" && world.seconds() < 5 ? s3Away() : undefined);
    const report = await world.drain({ transform, offload });
    expect(report).toMatchObject({ stopped_because: "empty", loaded: 6, rejected: 3 });
    expectSound(world, report);
  });

  test("a stop gives back what waits for room", async () => {
    const { world, offload } = bench({ bodies: bodies(40).map(pointerTo) });
    for (const key of bodies(40)) offload.objects.set(key, { text: key, bytes: MAX_PAYLOAD_BYTES_IN_HAND });
    world.store.hang = () => 2_000;
    const running = world.start({ transform, offload });
    await world.clock.advance(500);
    world.stop.abort();
    const report = await world.clock.run(running);
    expect(report).toMatchObject({ stopped_because: "signal", loaded: 1, released: 39 });
    expect(offload.read).toHaveLength(1);
    expectSound(world, report);
    expect(world.clock.pending()).toBe(0);
  });

  test("nor does anything more become several rows", async () => {
    const world = createWorld({ bodies: bodies(40) });
    let transformed = 0;
    const inflating: Transform = (message) => {
      transformed += 1;
      const outcome = sampleTransform(message);
      return "reject" in outcome ? outcome : { ...outcome, bytes: MAX_PAYLOAD_BYTES_IN_HAND };
    };
    world.store.hang = () => 1_000;
    const running = world.start({ transform: inflating });
    await world.clock.advance(500);
    expect(transformed).toBe(1);
    const report = await world.clock.run(running);
    expect(report).toMatchObject({ loaded: 40 });
    expectSound(world, report);
  });
});

describe("the order of a FIFO group", () => {
  function fifoBench(groups: Readonly<Record<string, readonly string[]>>): Bench {
    const made = bench({ fifo: true, queue: { fifo: true } });
    for (const [group, texts] of Object.entries(groups)) made.world.queue.send(texts, 0, group);
    return made;
  }

  test("is kept although the first payload takes longest", async () => {
    const { offload, drain, rows } = fifoBench({
      slow: [pointerTo("a 1"), "a 2", pointerTo("a 3"), "a 4"],
      other: ["b 1", pointerTo("b 2")],
    });
    const lags: Readonly<Record<string, number>> = { "a 1": 5_000, "a 3": 2_000 };
    offload.lag = (key) => lags[key] ?? 10;
    expect(await drain()).toMatchObject({ loaded: 6, rejected: 0, released: 0 });
    expect(rows()).toEqual(["b 1", "b 2", "a 1", "a 2", "a 3", "a 4"]);
  });

  test("is kept over pages", async () => {
    const texts = Array.from({ length: 25 }, (_, index) => `a ${index}`);
    const { offload, drain, rows } = fifoBench({
      group: texts.map((text, at) => (at % 3 ? text : pointerTo(text))),
    });
    offload.lag = () => 500;
    expect(await drain()).toMatchObject({ loaded: 25 });
    expect(rows()).toEqual(texts);
  });

  test.each([
    ["an object that is missing", pointerTo("gone")],
    ["a payload that cannot become rows", pointerTo(`${REJECTED} 2`)],
    ["a payload that the database refuses", pointerTo(`${REFUSED} 2`)],
  ])("%s holds what is behind it", async (_name, bad) => {
    const { world, offload, drain, rows } = fifoBench({
      held: [pointerTo("a 1"), bad, "a 3", pointerTo("a 4")],
      free: ["b 1", pointerTo("b 2")],
    });
    offload.objects.set("gone", missingObject);
    offload.lag = (key) => (key === "a 4" ? 0 : 100);
    const report = await drain();
    expect(report).toMatchObject({ stopped_because: "empty", loaded: 3, rejected: 1, released: 2 });
    expect(rows()).toEqual(expect.arrayContaining(["a 1", "b 1", "b 2"]));
    expect(world.queue.left()).toHaveLength(3);
    expectSound(world, report);
  });

  test("is kept when S3 fails in the middle of a group", async () => {
    const { world, offload, drain, rows } = fifoBench({ group: ["a 1", pointerTo("a 2"), "a 3"] });
    offload.fault = (key) => (key === "a 2" ? s3Denied() : undefined);
    const report = await drain();
    expect(report).toMatchObject({ stopped_because: "error", released: 2 + 1 - report.loaded });
    expect(rows()).toEqual(report.loaded === 1 ? ["a 1"] : []);
    expectSound(world, report);
    offload.fault = undefined;
    expect(await drain()).toMatchObject({ loaded: 3 - report.loaded });
    expect(rows()).toEqual(["a 1", "a 2", "a 3"]);
  });

  test("is kept while one waits for room", async () => {
    const { world, offload, drain, rows } = fifoBench({
      one: [pointerTo("a 1"), pointerTo("a 2"), "a 3"],
      two: [pointerTo("b 1"), "b 2", pointerTo("b 3")],
    });
    for (const key of ["a 1", "a 2", "b 1", "b 3"])
      offload.objects.set(key, { text: key, bytes: MAX_PAYLOAD_BYTES_IN_HAND });
    world.store.hang = () => 300;
    const report = await drain();
    expect(report).toMatchObject({ loaded: 6 });
    const loaded = rows();
    expect(loaded.filter((text) => String(text).startsWith("a"))).toEqual(["a 1", "a 2", "a 3"]);
    expect(loaded.filter((text) => String(text).startsWith("b"))).toEqual(["b 1", "b 2", "b 3"]);
    expectSound(world, report);
  });
});
