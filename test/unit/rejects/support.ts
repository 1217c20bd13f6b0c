import { expect } from "vitest";
import type { DrainEvent } from "../../../src/drain/events.js";
import { MaskError } from "../../../src/masking/index.js";
import type { ReplayReport } from "../../../src/rejects/replay-report.js";
import { runReplay } from "../../../src/rejects/run-replay.js";
import type { RunReplayOptions } from "../../../src/rejects/run-replay-options.js";
import type { Transform } from "../../../src/transform/types.js";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.js";
import { type FakeQuarantine, type FakeQuarantineOptions, fakeQuarantine } from "./fake-quarantine.js";

/** Ids in order; those with a letter in front have it coming: `x` cannot be opened, `r` cannot become a row. */
export function ids(count: number, kind: "" | "x" | "r" = ""): string[] {
  return Array.from({ length: count }, (_, index) => `${String(index).padStart(4, "0")}${kind}`);
}

const transform: Transform = ({ body }) =>
  body.endsWith("r")
    ? { reject: { stage: "transform", code: "missing", field: "user_id", reason: "it is missing" } }
    : { rows: [{ target: 0, values: [body] }] };

const open: RunReplayOptions["open"] = (_sealed, id) => {
  if (id.endsWith("x")) throw new MaskError("sealed_corrupted", "what is sealed was changed");
  return { messageId: id, body: id, sentAtMs: 0, receiveCount: 1, attributes: {} };
};

export interface World {
  readonly clock: VirtualClock;
  readonly quarantine: FakeQuarantine;
  readonly stop: AbortController;
  readonly kill: AbortController;
  readonly events: DrainEvent[];
  start(options?: Partial<RunReplayOptions>): Promise<ReplayReport>;
  /** Replays to the end. */
  replay(options?: Partial<RunReplayOptions>): Promise<ReplayReport>;
}

export function createWorld(options: FakeQuarantineOptions): World {
  const clock = createVirtualClock();
  const quarantine = fakeQuarantine(options);
  const world: World = {
    clock,
    quarantine,
    stop: new AbortController(),
    kill: new AbortController(),
    events: [],
    start: (given = {}) =>
      runReplay({
        ...{ runId: "run 1", queueName: "login-queue", table: "user_logins", quarantine, open, transform },
        ...{ code: undefined, max: Number.POSITIVE_INFINITY, batchSize: 10, dryRun: false, clock },
        rejectsInARow: 1_000,
        ...{ stop: world.stop.signal, kill: world.kill.signal },
        onEvent: (event) => world.events.push(event),
        ...given,
      }),
    replay: (given) => clock.run(world.start(given)),
  };
  return world;
}

/** What must hold of every report, however the replay ended. */
export function expectSound({ quarantine }: World, report: ReplayReport): void {
  const { read, loaded, duplicates, rejected, not_tried, in_doubt, rejects } = report;
  expect(loaded + duplicates + rejected + not_tried + in_doubt).toBe(read);
  expect(in_doubt).toBeGreaterThanOrEqual(0);
  expect(rejects.reduce((sum, { count }) => sum + count, 0)).toBe(rejected);
  const committed = [...quarantine.ledger.values()].filter((stamp) => stamp !== "earlier").length;
  expect(committed).toBeGreaterThanOrEqual(loaded);
  expect(committed).toBeLessThanOrEqual(loaded + in_doubt);
}
