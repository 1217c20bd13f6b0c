import { expect } from "vitest";
import { runEngine } from "../../../src/drain/engine.js";
import type { EngineOptions } from "../../../src/drain/engine-options.js";
import type { DrainEvent } from "../../../src/drain/events.js";
import { DEFAULT_LIMITS, type DrainLimits } from "../../../src/drain/limits.js";
import type { DrainReport } from "../../../src/drain/report.js";
import type { Transform } from "../../../src/transform/types.js";
import { createFakeQueue, type FakeQueue, type FakeQueueOptions } from "../../support/fake-queue.js";
import { createFakeStore, type FakeStore, type FakeStoreOptions } from "../../support/fake-store.js";
import { bodies, REFUSED, REJECTED, sampleTransform, WARNED } from "../../support/sample-bodies.js";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.js";

export { bodies, REFUSED, REJECTED, WARNED };

export interface WorldOptions {
  readonly seed?: number;
  readonly bodies?: readonly string[];
  /** As the attributes say; what the fake queue does is said to itself. */
  readonly fifo?: boolean;
  /** Of a redrive policy that the attributes tell of. */
  readonly maxReceiveCount?: number;
  readonly queue?: Omit<FakeQueueOptions, "clock" | "onDelete">;
  readonly store?: Omit<FakeStoreOptions, "clock" | "isBad">;
}

export interface RunOptions {
  readonly limits?: Partial<DrainLimits>;
  readonly quarantine?: boolean;
  readonly dryRun?: boolean;
  readonly onEvent?: (event: DrainEvent) => void;
  readonly transform?: Transform;
  readonly offload?: EngineOptions["offload"];
}

/** A queue and a database under one clock, and the runs between them. */
export interface World {
  readonly clock: VirtualClock;
  readonly queue: FakeQueue;
  readonly store: FakeStore;
  /** Ids of all messages that were sent. */
  readonly sent: readonly string[];
  /** Of the next runs. */
  stop: AbortController;
  kill: AbortController;
  readonly events: DrainEvent[];
  seconds(): number;
  /** Starts a run; time passes only by the clock. */
  start(options?: RunOptions): Promise<DrainReport>;
  /** Runs to the end. */
  drain(options?: RunOptions): Promise<DrainReport>;
}

export function createWorld(options: WorldOptions = {}): World {
  const { maxReceiveCount } = options;
  const clock = createVirtualClock({ seed: options.seed ?? 1 });
  const startMs = clock.now();
  const isBad: FakeStoreOptions["isBad"] = ({ rows }) => String(rows[0]?.values[0]).startsWith(REFUSED);
  const store = createFakeStore({ ...options.store, clock, isBad });
  const queue = createFakeQueue({
    ...options.queue,
    clock,
    onDelete: (messageId) => {
      const isKept = store.ledger.has(messageId) || store.rejects.get(messageId)?.sealedBody != null;
      if (!isKept) throw new Error(`${messageId} was deleted before it was committed`);
    },
  });
  let runs = 0;
  const world: World = {
    clock,
    queue,
    store,
    sent: queue.send(options.bodies ?? []),
    stop: new AbortController(),
    kill: new AbortController(),
    events: [],
    seconds: () => (clock.now() - startMs) / 1000,
    start: (run = {}) => {
      runs += 1;
      return runEngine({
        runId: `run ${runs}`,
        table: "user_logins",
        queue,
        attributes: {
          ...queue.counters(),
          arn: undefined,
          fifo: options.fifo ?? false,
          visibilitySeconds: 30,
          maximumMessageBytes: 1024 * 1024,
          redrivePolicy:
            maxReceiveCount === undefined
              ? undefined
              : { maxReceiveCount, deadLetterTargetArn: "arn:aws:sqs:eu-west-1:000000000000:dead" },
        },
        store: run.dryRun ? undefined : store,
        transform: run.transform ?? sampleTransform,
        offload: run.offload,
        shapeOf: ({ body }, payload = body) => ({ length: payload.length }),
        seal: run.quarantine ? ({ body }, id) => Buffer.from(`sealed ${id} ${body}`) : undefined,
        limits: { ...DEFAULT_LIMITS, ...run.limits },
        clock,
        stop: world.stop.signal,
        kill: world.kill.signal,
        onEvent: (event) => {
          world.events.push(event);
          run.onEvent?.(event);
        },
      });
    },
    drain: (run) => clock.run(world.start(run)),
  };
  return world;
}

/** What must hold of every run, however it ended: nothing is lost, nothing is there twice, and the report is true. */
export function expectSound({ queue, store, sent }: World, report: DrainReport, deliveredBefore = 0): void {
  const { received, loaded, duplicates, rejected, released, in_doubt } = report;
  expect(received).toBe(loaded + duplicates + rejected + released + in_doubt);
  expect(received).toBe(queue.delivered() - deliveredBefore);

  const ids = store.rows.map(({ messageId }) => messageId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(store.ledger.size).toBe(ids.length);
  const own = [...store.ledger.values()].filter(({ runId }) => runId === report.run_id).length;
  expect(own).toBeGreaterThanOrEqual(loaded);
  expect(own).toBeLessThanOrEqual(loaded + in_doubt);

  const left = new Set(queue.left());
  for (const id of sent) {
    expect(left.has(id) || store.ledger.has(id) || store.rejects.get(id)?.sealedBody != null).toBe(true);
  }
  expect(report.deleted + report.delete_failed).toBeLessThanOrEqual(loaded + duplicates + rejected);
  expect(report.rejects.reduce((sum, { count }) => sum + count, 0)).toBe(rejected);
}
