import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { BATCH_BYTES, MAX_PAYLOAD_BYTES_IN_HAND } from "../../../src/drain/limits.js";
import { createTally } from "../../../src/drain/tally.js";
import { openPart } from "../../../src/rejects/open-page.js";
import type { RunReplayOptions } from "../../../src/rejects/run-replay-options.js";
import { createFakeOffload, missingObject, s3Denied } from "../../support/fake-offload.js";
import { createWorld, expectSound, ids, type World } from "./support.js";

/** Bodies that become so much each when they are decoded; `seen`: how many there are in memory. */
function inflating(bytes: number, seen: { now: number; most: number }): RunReplayOptions["transform"] {
  return ({ body }) => {
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    return { rows: [{ target: 0, values: [body] }], bytes };
  };
}

/** A database in which what was loaded is in memory no more. */
function forgetting(world: World, seen: { now: number }): RunReplayOptions["quarantine"] {
  const { load } = world.quarantine;
  return {
    ...world.quarantine,
    load: async (batch, attempt) => {
      const result = await load(batch, attempt);
      seen.now = 0;
      return result;
    },
  };
}

describe("a page that becomes more than there is room for", () => {
  test.each([
    [BATCH_BYTES / 4, 4],
    [BATCH_BYTES, 1],
    [BATCH_BYTES * 8, 1],
  ])("is loaded in parts: %i bytes each", async (bytes, together) => {
    const world = createWorld({ ids: ids(20) });
    const seen = { now: 0, most: 0 };
    const report = await world.replay({
      ...{ transform: inflating(bytes, seen), quarantine: forgetting(world, seen), batchSize: 1_000 },
    });
    expect(report).toMatchObject({ stopped_because: "done", read: 20, loaded: 20, batches: 20 / together });
    expect(seen.most).toBe(together);
    expect(world.quarantine.pages).toEqual([20, 0]);
    expectSound(world, report);
  });

  test("is not read any further after a stop: the rest is not tried", async () => {
    const world = createWorld({ ids: ids(20) });
    const seen = { now: 0, most: 0 };
    const quarantine = forgetting(world, seen);
    const { load } = quarantine;
    const report = await world.replay({
      transform: inflating(BATCH_BYTES / 2, seen),
      batchSize: 1_000,
      quarantine: {
        ...quarantine,
        load: async (batch, attempt) => {
          world.stop.abort();
          return load(batch, attempt);
        },
      },
    });
    expect(report).toMatchObject({
      stopped_because: "signal",
      ...{ read: 20, loaded: 2, not_tried: 18, in_doubt: 0 },
    });
    expectSound(world, report);
  });

  test("nor when the database fails, or refuses too much", async () => {
    const transform = inflating(BATCH_BYTES / 2, { now: 0, most: 0 });
    const failing = createWorld({ ids: ids(20), faults: ["none", "fatal"] });
    const failed = await failing.replay({ transform, batchSize: 1_000 });
    expect(failed.loaded + failed.not_tried).toBe(20);
    expectSound(failing, failed);

    const refusing = createWorld({ ids: ids(20), bad: new Set(ids(20)) });
    const refused = await refusing.replay({ transform, batchSize: 1_000, rejectsInARow: 3 });
    expect(refused).toMatchObject({ stopped_because: "rejects", read: 20, in_doubt: 0 });
    expect(refused.not_tried).toBeGreaterThanOrEqual(16);
    expectSound(refusing, refused);
  });

  test("is no matter for a dry run, which holds nothing", async () => {
    const world = createWorld({ ids: ids(20) });
    const transform = inflating(BATCH_BYTES, { now: 0, most: 0 });
    const report = await world.replay({ transform, dryRun: true, batchSize: 1_000 });
    expect(report).toMatchObject({ read: 20, not_tried: 20, rejected: 0 });
    expectSound(world, report);
  });
});

describe("payloads in S3", () => {
  const open: RunReplayOptions["open"] = (_sealed, id) => ({
    ...{ messageId: id, body: `s3:${id}`, sentAtMs: 0, receiveCount: 1, attributes: {} },
  });
  const transform: RunReplayOptions["transform"] = (_message, payload = "nothing") => ({
    rows: [{ target: 0, values: [payload] }],
  });

  test.each([
    [MAX_PAYLOAD_BYTES_IN_HAND / 2, 2],
    [MAX_PAYLOAD_BYTES_IN_HAND, 1],
    [MAX_PAYLOAD_BYTES_IN_HAND * 2, 1],
  ])("are read while there is room for them: %i bytes each", async (bytes, together) => {
    const world = createWorld({ ids: ids(10) });
    const offload = createFakeOffload(world.clock);
    for (const key of ids(10)) offload.objects.set(key, { text: key, bytes });
    offload.objects.set("0003", missingObject);
    offload.transferMs = 1_000;
    const running = world.start({ open, transform, offload, batchSize: 1_000 });
    await world.clock.advance(500);
    expect(offload.read).toHaveLength(together);
    const report = await world.clock.run(running);
    expect(report).toMatchObject({ stopped_because: "done", read: 10, loaded: 9, rejected: 1 });
    expectSound(world, report);
  });

  test("are not asked for any more after one that fails", async () => {
    const world = createWorld({ ids: ids(16) });
    const offload = createFakeOffload(world.clock);
    offload.lag = (key) => (key === "0002" ? 100 : 3_600_000);
    offload.fault = () => s3Denied();
    const report = await world.replay({ open, transform, offload, batchSize: 1_000 });
    expect(report).toMatchObject({ error: { code: "s3_access_denied" }, not_tried: 16 });
    expect([offload.asked.length, offload.open()]).toEqual([8, 0]);
    expect(world.clock.pending()).toBe(0);
    expectSound(world, report);
  });

  test("are not asked for any more after a stop, and those on their way are given up with the first that is not", async () => {
    const world = createWorld({ ids: ids(16) });
    const offload = createFakeOffload(world.clock);
    offload.lag = (key) => (key === "0002" ? 1_000 : 3_600_000);
    const running = world.start({ open, transform, offload, batchSize: 1_000 });
    await world.clock.advance(500);
    world.stop.abort();
    const report = await world.clock.run(running);
    expect(report).toMatchObject({ stopped_because: "signal", read: 16, not_tried: 16, in_doubt: 0 });
    expect([offload.asked.length, offload.open()]).toEqual([8, 0]);
    expectSound(world, report);
  });

  test("a kill gives up those on their way", async () => {
    const world = createWorld({ ids: ids(16) });
    const offload = createFakeOffload(world.clock);
    offload.lag = () => 3_600_000;
    const running = world.start({ open, transform, offload, batchSize: 1_000 });
    await world.clock.advance(500);
    world.kill.abort();
    const report = await running;
    expect(report).toMatchObject({ stopped_because: "signal", read: 16, in_doubt: 16 });
    await world.clock.advance(1);
    expect([offload.asked.length, offload.open()]).toEqual([8, 0]);
  });
});

test("a part of a page leaves nothing on the signal of its replay, which has many", async () => {
  const kill = new AbortController().signal;
  const page = [{ messageId: "0001", sealed: Buffer.from("sealed") }];
  const part = await openPart(page, {
    ...{ runId: "run 1", kill, tally: createTally(), onUnopened: () => {} },
    open: (_sealed, messageId) => ({ messageId, body: "{}", sentAtMs: 0, receiveCount: 1, attributes: {} }),
    transform: ({ body }) => ({ rows: [{ target: 0, values: [body] }] }),
  });
  expect(part.messages).toHaveLength(1);
  expect(getEventListeners(kill, "abort")).toEqual([]);
});

test("a replay leaves nothing on the signals of its caller, which outlive it", async () => {
  const world = createWorld({ ids: ids(20) });
  const { AbortSignal: Signals } = globalThis;
  const any = Signals.any;
  const combined: AbortSignal[] = [];
  Signals.any = (signals) => {
    combined.push(...signals);
    return any.call(Signals, signals);
  };
  try {
    await world.replay();
  } finally {
    Signals.any = any;
  }
  for (const { signal } of [world.stop, world.kill]) {
    expect(getEventListeners(signal, "abort")).toEqual([]);
    expect(combined).not.toContain(signal);
  }
});
