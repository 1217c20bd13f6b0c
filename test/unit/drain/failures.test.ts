import { expect, test } from "vitest";
import { denied, unavailable } from "../../support/fake-queue.js";
import { fatal, transient } from "../../support/fake-store.js";
import { bodies, createWorld, expectSound, REFUSED, REJECTED, WARNED } from "./support.js";

test("a database that is away for less than a minute is waited for, and its messages are kept", async () => {
  const world = createWorld({ bodies: bodies(300), queue: { latencyMs: 20 } });
  world.store.fault = () => (world.seconds() < 50 ? transient() : undefined);
  const report = await world.drain({ limits: { visibilitySeconds: 30 } });
  expect(report).toMatchObject({ stopped_because: "empty", received: 300, loaded: 300, duplicates: 0 });
  expect(report.retries).toBeGreaterThan(0);
  expect(world.events).toContainEqual(expect.objectContaining({ type: "retry", what: "load" }));
  expectSound(world, report);
});

test("a database that stays away ends the run: what is not loaded goes back, soon", async () => {
  const world = createWorld({ bodies: [...bodies(300), ...bodies(5, REJECTED)], queue: { latencyMs: 20 } });
  world.store.fault = () => transient();
  const report = await world.drain({ limits: { batchSize: 50 } });
  expect(report).toMatchObject({
    stopped_because: "error",
    error: { kind: "unavailable", code: "database_unreachable" },
    received: 305,
    released: 305,
    in_doubt: 0,
    deleted: 0,
  });
  expect(world.queue.counters()).toEqual({ visible: 305, in_flight: 0, delayed: 0 });
  expect(world.seconds()).toBeLessThan(75);
  expectSound(world, report);
  expect(world.clock.pending()).toBe(0);
});

test("batches of rejects do not wait out the same outage one after another", async () => {
  const world = createWorld({ bodies: bodies(1_000, REJECTED) });
  world.store.fault = () => transient();
  const report = await world.drain();
  expect(report).toMatchObject({ stopped_because: "error", rejected: 0, released: 1_000 });
  expect(world.seconds()).toBeLessThan(75);
});

test("a commit whose answer was lost, and a database that is away since: those are in doubt", async () => {
  const world = createWorld({ bodies: bodies(30) });
  world.store.chances = { lostAfter: 1 };
  const report = await world.drain();
  expect(report).toMatchObject({
    stopped_because: "error",
    loaded: 0,
    released: 0,
    in_doubt: 30,
    deleted: 0,
  });
  expect(world.store.rows).toHaveLength(30);
  expectSound(world, report);

  world.store.chances = {};
  await world.clock.advance(120_000);
  const second = await world.drain();
  expect(second).toMatchObject({ loaded: 0, duplicates: 30, deleted: 30 });
  expect(world.store.rows).toHaveLength(30);
});

test("a commit whose answer was lost is recognised by the next attempt", async () => {
  const world = createWorld({ bodies: bodies(30) });
  world.store.chances = { lostAfter: 1 };
  world.clock.after(5_000, () => {
    world.store.chances = {};
  });
  const report = await world.drain();
  expect(report).toMatchObject({ loaded: 30, duplicates: 0, in_doubt: 0, deleted: 30 });
  expectSound(world, report);
});

test("an error that waiting does not mend ends the run at once", async () => {
  const world = createWorld({ bodies: bodies(300), queue: { latencyMs: 20 } });
  world.store.fault = (method) => (method === "load" ? fatal() : undefined);
  const report = await world.drain({ limits: { batchSize: 50 } });
  expect(report).toMatchObject({
    stopped_because: "error",
    error: { kind: "failed", code: "sqlstate_42P01" },
    loaded: 0,
    in_doubt: 0,
  });
  expect(report.released).toBe(report.received);
  expect(world.queue.counters().in_flight).toBe(0);
  expect(world.seconds()).toBeLessThan(5);
  expect(world.store.runs).toMatchObject([{ stoppedBecause: "error" }]);
  expectSound(world, report);
});

test("a row that the database refuses harms no other", async () => {
  const world = createWorld({ bodies: [...bodies(400), ...bodies(3, REFUSED)] });
  const report = await world.drain();
  expect(report).toMatchObject({ stopped_because: "empty", loaded: 400, rejected: 3, deleted: 400 });
  expect(report.rejects).toMatchObject([{ code: "sqlstate_23514", field: "good_rows", count: 3 }]);
  expectSound(world, report);
});

test("without the right to delete the run ends, and what was loaded is a duplicate later", async () => {
  const world = createWorld({ bodies: bodies(300), queue: { latencyMs: 20 } });
  world.queue.fault = ({ method }) => (method === "delete" ? denied() : undefined);
  const report = await world.drain({ limits: { batchSize: 50 } });
  expect(report).toMatchObject({
    stopped_because: "error",
    error: { kind: "failed", code: "queue_access_denied" },
    deleted: 0,
    in_doubt: 0,
  });
  expect(report.loaded).toBeGreaterThanOrEqual(50);
  expect(report.delete_failed).toBe(report.loaded);
  expect(report.released).toBe(report.received - report.loaded);
  expectSound(world, report);

  world.queue.fault = undefined;
  await world.clock.advance(120_000);
  const second = await world.drain();
  expect(second).toMatchObject({ loaded: 300 - report.loaded, duplicates: report.loaded, deleted: 300 });
});

test("without the right to renew leases the run ends", async () => {
  const world = createWorld({ bodies: bodies(30), store: { latencyMs: 10_000 } });
  world.queue.fault = ({ method, visibilitySeconds }) =>
    method === "extend" && visibilitySeconds[0] !== 0 ? denied() : undefined;
  const report = await world.drain({ limits: { visibilitySeconds: 2 } });
  expect(report).toMatchObject({ stopped_because: "error", error: { code: "queue_access_denied" } });
  expectSound(world, report);
});

test("without the right to give back the messages are released all the same, when their leases end", async () => {
  const world = createWorld({ bodies: bodies(30) });
  world.queue.fault = ({ method }) => (method === "extend" ? denied() : undefined);
  world.store.fault = () => fatal();
  const report = await world.drain();
  expect(report).toMatchObject({ stopped_because: "error", released: 30 });
  expect(report.error?.code).toBe("sqlstate_42P01");
  expectSound(world, report);
  expect(world.queue.counters().in_flight).toBe(30);
});

test("a receive that is denied in the middle of the run ends it, and what is not loaded goes back", async () => {
  const world = createWorld({ bodies: bodies(300) });
  world.queue.fault = ({ method }) =>
    method === "receive" && world.queue.delivered() >= 100 ? denied() : undefined;
  const report = await world.drain({ limits: { batchSize: 50 } });
  expect(report).toMatchObject({
    stopped_because: "error",
    error: { code: "queue_access_denied" },
    in_doubt: 0,
  });
  expect(report.loaded).toBeGreaterThanOrEqual(50);
  expect(report.deleted).toBe(report.loaded);
  expect(world.queue.counters()).toEqual({ visible: 300 - report.loaded, in_flight: 0, delayed: 0 });
  expectSound(world, report);
});

test("a queue that goes away for good: what is loaded counts, the run says so and ends soon", async () => {
  const world = createWorld({ bodies: bodies(3_000), queue: { latencyMs: 20 }, store: { latencyMs: 100 } });
  world.queue.fault = () => (world.seconds() > 0.3 ? unavailable() : undefined);
  const report = await world.drain();
  expect(report).toMatchObject({ stopped_because: "error", error: { kind: "unavailable" }, in_doubt: 0 });
  expect(report.loaded).toBe(report.received);
  expect(report.delete_failed).toBeGreaterThan(0);
  expect(report.queue_after).toBeNull();
  expect(world.seconds()).toBeLessThan(130);
  expectSound(world, report);
});

test("a run that cannot be written down fails, with its counts", async () => {
  const world = createWorld({ bodies: bodies(10) });
  world.store.fault = (method) => (method === "finishRun" ? transient() : undefined);
  const report = await world.drain();
  expect(report).toMatchObject({ stopped_because: "error", loaded: 10, deleted: 10 });
  expect(report.error?.kind).toBe("unavailable");
});

test("many calls that wait for a retry at once are no leak to Node", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on("warning", onWarning);
  const world = createWorld({ bodies: bodies(400) });
  world.queue.fault = ({ method }) =>
    method !== "receive" && world.seconds() < 20 ? unavailable() : undefined;
  const report = await world.drain({ limits: { concurrency: 32 } });
  await world.clock.settle();
  process.off("warning", onWarning);
  expect(report).toMatchObject({ loaded: 400, deleted: 400 });
  expect(warnings).toEqual([]);
});

test("a ledger that cannot be pruned is told, and no reason to call a good run failed", async () => {
  const world = createWorld({ bodies: bodies(10) });
  world.store.fault = (method) => (method === "prune" ? transient() : undefined);
  const report = await world.drain();
  expect(report).toMatchObject({ stopped_because: "empty", loaded: 10, deleted: 10 });
  expect(world.events.filter(({ type }) => type === "notice")).toHaveLength(1);
});

test("warnings are those of rows that were loaded", async () => {
  const world = createWorld({ bodies: bodies(20, WARNED) });
  world.store.fault = (method) => (method === "load" ? transient() : undefined);
  const failed = await world.drain();
  expect(failed).toMatchObject({ loaded: 0, warnings: {} });

  world.store.fault = undefined;
  await world.clock.advance(120_000);
  const report = await world.drain();
  expect(report).toMatchObject({ loaded: 20, warnings: { app_version: { not_convertible: 20 } } });
});

test("a queue that takes every call and answers none does not hold a failed run up for each of them", async () => {
  const world = createWorld({ bodies: bodies(3_000) });
  let deletes = 0;
  world.queue.hang = ({ method }) => {
    if (method === "delete") deletes += 1;
    return method === "delete" ? 30_000 : 0;
  };
  world.queue.fault = ({ method }) => (method === "delete" ? unavailable() : undefined);
  const report = await world.drain();
  expect(report).toMatchObject({ stopped_because: "error", error: { kind: "unavailable" }, loaded: 3_000 });
  expect(report.delete_failed).toBe(3_000);
  expect(deletes).toBeLessThan(100);
  expect(world.seconds()).toBeLessThan(180);
});
