import { expect, test } from "vitest";
import { createStreak } from "../../../src/drain/streak.js";
import { bodies, createWorld, expectSound, REFUSED, REJECTED } from "./support.js";

const first = { receiveCount: 1 };
const again = { receiveCount: 2 };

test("too many in a row are told once, and stay too many", () => {
  let told = 0;
  const streak = createStreak({ tooMany: 3, areLeft: false, onTooMany: () => (told += 1) });
  for (const reject of [first, again]) streak.add(reject);
  streak.end();
  for (const reject of [first, again]) streak.add(reject);
  expect([streak.isTooLong(), told]).toEqual([false, 0]);
  streak.add(again);
  streak.end();
  streak.add(first);
  expect([streak.isTooLong(), told]).toEqual([true, 1]);
});

test("rejects that earlier runs have left on the queue do not count, and do not end the row either", () => {
  const streak = createStreak({ tooMany: 3, areLeft: true, onTooMany: () => {} });
  for (const reject of [first, again, again, again, first]) streak.add(reject);
  expect(streak.isTooLong()).toBe(false);
  streak.add(first);
  expect(streak.isTooLong()).toBe(true);
});

test.each([false, true])(
  "a queue of nothing but rejects ends the run (quarantined: %s)",
  async (quarantine) => {
    const world = createWorld({ bodies: bodies(5_000, REJECTED) });
    const report = await world.drain({ quarantine });
    expect(report).toMatchObject({ stopped_because: "rejects", loaded: 0 });
    expect(report.rejected).toBeGreaterThanOrEqual(1_000);
    expect(report.rejected).toBeLessThan(1_200);
    expect(world.events).toContainEqual({
      type: "notice",
      message: "1,000 messages in a row cannot become rows: check the queue and the pipeline",
    });
    expectSound(world, report);
  },
);

test("a table that refuses every row ends the run: the rest goes back unloaded", async () => {
  const world = createWorld({ bodies: bodies(10_000, REFUSED), store: { latencyMs: 10 } });
  const report = await world.drain({ limits: { batchSize: 500 } });
  expect(report).toMatchObject({ stopped_because: "rejects", loaded: 0, deleted: 0 });
  expect(report.rejected).toBe(1_000);
  // Two for each row, and no further batch.
  expect(report.batches).toBeLessThan(2_100);
  expect(report.released).toBe(report.received - report.rejected);
  expect(world.events).toContainEqual({
    type: "notice",
    message: "1,000 rows in a row were refused by the database: check the table and its triggers",
  });
  expectSound(world, report);
});

test("half of everything is not too much, however it comes", async () => {
  const halves = bodies(3_000).flatMap((body, index) => [
    body,
    `${index % 2 === 0 ? REJECTED : REFUSED} ${index}`,
  ]);
  const world = createWorld({ bodies: halves });
  const report = await world.drain({ limits: { batchSize: 1_000 } });
  expect(report).toMatchObject({ stopped_because: "empty", loaded: 3_000, rejected: 3_000 });
});

test("thousands of rejects that earlier runs have left do not keep a run from what is behind them", async () => {
  const world = createWorld({ bodies: [...bodies(900, REJECTED), ...bodies(300, REFUSED)] });
  await world.drain();
  world.queue.send(bodies(900, REJECTED));
  await world.clock.advance(200_000);
  await world.drain();
  world.queue.send(bodies(10, "new"));
  await world.clock.advance(200_000);
  const report = await world.drain();
  expect(report).toMatchObject({ stopped_because: "empty", received: 2_110, loaded: 10, rejected: 2_100 });
});

test("the row may be longer when that is allowed", async () => {
  const world = createWorld({ bodies: bodies(1_500, REJECTED) });
  const report = await world.drain({ limits: { rejectsInARow: 1_501 } });
  expect(report).toMatchObject({ stopped_because: "empty", rejected: 1_500 });
});

test("it is told although all that was asked for has been received: not all of it was tried", async () => {
  const world = createWorld({ bodies: bodies(40, REFUSED), store: { latencyMs: 1_000 } });
  const report = await world.drain({ limits: { max: 40, batchSize: 10, rejectsInARow: 5 } });
  expect(report).toMatchObject({ stopped_because: "rejects", received: 40 });
  expect(report.released).toBeGreaterThan(0);
  expectSound(world, report);
});
