import { describe, expect, test } from "vitest";
import type { RunReplayOptions } from "../../../src/rejects/run-replay-options.js";
import {
  createFakeOffload,
  type FakeOffload,
  missingObject,
  s3Away,
  s3Denied,
} from "../../support/fake-offload.js";
import { createWorld, expectSound, ids, type World } from "./support.js";

/** Every sealed message points to a payload that is its own id. */
const open: RunReplayOptions["open"] = (_sealed, id) => ({
  ...{ messageId: id, body: `s3:${id}`, sentAtMs: 0, receiveCount: 1, attributes: {} },
});
const transform: RunReplayOptions["transform"] = (_message, payload = "nothing") => ({
  rows: [{ target: 0, values: [payload] }],
});

function bench(count: number): { world: World; offload: FakeOffload; options: Partial<RunReplayOptions> } {
  const world = createWorld({ ids: ids(count) });
  const offload = createFakeOffload(world.clock);
  return { world, offload, options: { open, transform, offload, batchSize: 1_000 } };
}

describe("rejects whose payloads are in S3", () => {
  test("are loaded with them, in smaller pages", async () => {
    const { world, offload, options } = bench(40);
    const report = await world.replay(options);
    expect(report).toMatchObject({ stopped_because: "done", read: 40, loaded: 40 });
    expect(world.quarantine.pages).toEqual([16, 16, 8, 0]);
    expect(offload.asked).toHaveLength(40);
    expectSound(world, report);
  });

  test("are rejected anew where there is none", async () => {
    const { world, offload, options } = bench(3);
    offload.objects.set("0001", missingObject);
    expect(await world.replay(options)).toMatchObject({ loaded: 2, rejected: 1 });
    expect(world.quarantine.renewed).toMatchObject([{ messageId: "0001", code: "s3_object_missing" }]);
  });

  test("are tried again for a minute, and not tried when S3 stays away", async () => {
    const { world, offload, options } = bench(20);
    offload.fault = () => s3Away();
    const report = await world.replay(options);
    expect(report).toMatchObject({
      stopped_because: "error",
      error: { kind: "unavailable", code: "service_unavailable" },
      ...{ read: 16, loaded: 0, rejected: 0, not_tried: 16, in_doubt: 0 },
    });
    expect(report.retries).toBeGreaterThan(0);
    expectSound(world, report);
  });

  test("end the replay where they may not be read", async () => {
    const { world, offload, options } = bench(20);
    offload.fault = (key) => (key === "0003" ? s3Denied() : undefined);
    const report = await world.replay(options);
    expect(report).toMatchObject({ error: { code: "s3_access_denied" }, read: 16, loaded: 0, not_tried: 16 });
    expectSound(world, report);
  });

  test("are left alone after a stop", async () => {
    const { world, offload, options } = bench(20);
    offload.fault = () => s3Away();
    const running = world.start(options);
    await world.clock.advance(5_000);
    world.stop.abort();
    const report = await world.clock.run(running);
    expect(report).toMatchObject({ stopped_because: "signal", read: 16, not_tried: 16, in_doubt: 0 });
    expect(report).not.toHaveProperty("error");
    expectSound(world, report);
  });
});
