import { setMaxListeners } from "node:events";
import { runEngine } from "../../src/drain/engine.js";
import { DEFAULT_LIMITS, type DrainLimits } from "../../src/drain/limits.js";
import type { DrainReport } from "../../src/drain/report.js";
import type { Queue, QueueAttributes } from "../../src/fetcher/queue.js";
import { retrying } from "../../src/loader/retry.js";
import type { Store } from "../../src/loader/store.js";
import type { Transform } from "../../src/transform/types.js";
import type { FakeQueue } from "../support/fake-queue.js";
import type { FakeStore } from "../support/fake-store.js";
import { sampleTransform } from "../support/sample-bodies.js";
import type { VirtualClock } from "../support/virtual-clock.js";
import { createLife } from "./life.js";
import type { DrainPlan } from "./scenario.js";
import { createWitness, type Witness } from "./witness.js";

/** What is put between a drain and the world to see an invariant break. */
export interface Sabotage {
  readonly queue?: (queue: Queue) => Queue;
  readonly store?: (store: Store) => Store;
  readonly transform?: (transform: Transform) => Transform;
  readonly report?: (report: DrainReport) => DrainReport;
  readonly keepsLedger?: false;
}

export interface DrainProcessOptions {
  readonly runId: string;
  readonly plan: DrainPlan;
  readonly fifo: boolean;
  readonly clock: VirtualClock;
  readonly queue: FakeQueue;
  readonly store: FakeStore;
  readonly isKept: (messageId: string) => boolean;
  readonly sabotage: Sabotage;
  readonly onBroken: (what: string) => void;
  readonly onFault: (kind: string) => void;
  readonly trace: ((line: string) => void) | undefined;
}

export type End =
  | {
      readonly what: "reported";
      readonly report: DrainReport;
      /** As it was when it reported. */
      readonly received: number;
      readonly retriesTold: number;
    }
  /** What must work before the first receive did not. */
  | { readonly what: "not started" }
  | { readonly what: "died" };

/** One drain, from its start to its end, with the signals that it is given. */
export interface DrainProcess {
  readonly runId: string;
  readonly plan: DrainPlan;
  readonly fifo: boolean;
  readonly limits: DrainLimits;
  readonly witness: Witness;
  readonly ended: Promise<End>;
  readonly startedAtMs: number;
  /** When it ended; undefined while it has not. */
  endedAtMs(): number | undefined;
  signalledAtMs(): number | undefined;
  /** Whether it was told to end at once before it had ended. */
  isKilled(): boolean;
  isAlive(): boolean;
  /** Timers that it has left. */
  pending(): number;
}

export function startDrain(options: DrainProcessOptions): DrainProcess {
  const { plan, clock, sabotage, runId, trace } = options;
  const limits = { ...DEFAULT_LIMITS, ...plan.limits };
  const witness = createWitness({ ...options, ...plan, limits, queue: options.queue, store: options.store });
  const life = createLife(clock);
  const stop = new AbortController();
  const kill = new AbortController();
  setMaxListeners(0, stop.signal, kill.signal);
  const startedAtMs = clock.now();
  let endedAtMs: number | undefined;
  let signalledAtMs: number | undefined;
  let engineStartedAtMs = 0;
  let retriesTold = 0;

  const { queue: seenQueue, store: seenStore } = witness;
  const queue = mortalQueue(sabotage.queue?.(seenQueue) ?? seenQueue, life.ask);
  const store = mortalStore(sabotage.store?.(seenStore) ?? seenStore, life.ask);

  const work = async (): Promise<End> => {
    const attributes = await prepare().catch(() => undefined);
    return attributes === undefined ? { what: "not started" } : drainWith(attributes);
  };

  const prepare = async (): Promise<QueueAttributes> => {
    const attributes = await queue.attributes();
    if (!plan.dryRun) {
      const targets = [{ schema: "public", name: "user_logins" }];
      const run = {
        id: runId,
        command: "drain" as const,
        queue: "fake",
        targets,
        startedAtMs: clock.now(),
        keyId: null,
        version: "0",
      };
      await retrying(() => store.startRun(run), { clock: life.clock, retryForMs: 0 });
    }
    return attributes;
  };

  /** It never throws, or the whole play fails. */
  const drainWith = async (attributes: QueueAttributes): Promise<End> => {
    engineStartedAtMs = clock.now();
    const report = await runEngine({
      runId,
      table: "user_logins",
      queue,
      attributes,
      store: plan.dryRun ? undefined : store,
      transform: sabotage.transform?.(sampleTransform) ?? sampleTransform,
      shapeOf: ({ body }) => ({ length: body.length }),
      seal: plan.quarantine ? ({ body }, id) => Buffer.from(`sealed ${id} ${body}`) : undefined,
      limits,
      clock: life.clock,
      stop: stop.signal,
      kill: kill.signal,
      onEvent: (event) => {
        if (event.type === "retry") retriesTold += 1;
      },
    });
    witness.reported();
    if (kill.signal.aborted && clock.now() > Math.max(signalledAtMs ?? 0, engineStartedAtMs)) {
      options.onBroken("it is told to end at once and takes its time");
    }
    return {
      what: "reported",
      report: sabotage.report?.(report) ?? report,
      received: witness.seen.received,
      retriesTold,
    };
  };

  const died = new Promise<End>((resolve) => {
    const { signal } = plan;
    if (signal === undefined) return;
    const give = (what: string, action: () => void): void => {
      if (endedAtMs !== undefined) return;
      signalledAtMs = clock.now();
      trace?.(`= ${what}`);
      options.onFault(what);
      action();
    };
    clock.after(signal.atMs, () => {
      if (signal.what === "death") {
        give("death", () => {
          life.die();
          witness.reported();
          resolve({ what: "died" });
        });
      } else if (signal.what === "kill") give("kill", () => kill.abort());
      else give("stop", () => stop.abort());
    });
    if (signal.what === "stop, kill") {
      clock.after(signal.atMs + signal.thenMs, () => give("second signal", () => kill.abort()));
    }
  });

  const ended = Promise.race([work(), died]).then((end) => {
    endedAtMs = clock.now();
    if (kill.signal.aborted && plan.exitsOnKill) life.die();
    trace?.(`= ${end.what === "reported" ? JSON.stringify(end.report) : end.what}`);
    return end;
  });

  return {
    runId,
    plan,
    fifo: options.fifo,
    limits,
    witness,
    ended,
    startedAtMs,
    endedAtMs: () => endedAtMs,
    signalledAtMs: () => signalledAtMs,
    isKilled: () => kill.signal.aborted,
    isAlive: () => endedAtMs === undefined,
    pending: life.pending,
  };
}

type Ask = <Answer>(work: () => Promise<Answer>) => Promise<Answer>;

function mortalQueue(queue: Queue, ask: Ask): Queue {
  return {
    url: queue.url,
    name: queue.name,
    requests: queue.requests,
    receive: (request, signal) => ask(() => queue.receive(request, signal)),
    deleteBatch: (handles) => ask(() => queue.deleteBatch(handles)),
    changeVisibilityBatch: (changes) => ask(() => queue.changeVisibilityBatch(changes)),
    attributes: () => ask(() => queue.attributes()),
    close: () => {},
  };
}

function mortalStore(store: Store, ask: Ask): Store {
  return {
    ...store,
    load: (batch, attempt) => ask(() => store.load(batch, attempt)),
    saveRejects: (rejects) => ask(() => store.saveRejects(rejects)),
    startRun: (run) => ask(() => store.startRun(run)),
    finishRun: (run) => ask(() => store.finishRun(run)),
    prune: () => ask(() => store.prune()),
  };
}
