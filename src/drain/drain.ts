import { randomUUID } from "node:crypto";
import { type Clock, systemClock } from "../clock.js";
import type { Environment } from "../config/key-source.js";
import type { Settings } from "../config/resolve.js";
import { UsageError } from "../errors.js";
import type { Queue, QueueAttributes } from "../fetcher/queue.js";
import { openQueue } from "../fetcher/sqs/open-queue.js";
import { tablesText } from "../loader/identifier.js";
import { openStore } from "../loader/open-store.js";
import type { TargetStore } from "../loader/store.js";
import type { Keyring } from "../masking/index.js";
import { keyIdOfRun, keysOfRun, masksForRun } from "../masks-for-run.js";
import type { Message } from "../message.js";
import { openOffload } from "../payloads/offload.js";
import { sealMessage } from "../sealed-message.js";
import { shapeOfBody } from "../transform/body/shape-of-body.js";
import { compileTransform } from "../transform/compile.js";
import { keysOf } from "../transform/shape.js";
import { unlessStopped } from "../unless-stopped.js";
import { runEngine } from "./engine.js";
import type { OnDrainEvent } from "./events.js";
import { type DrainLimits, mostInHand, PARALLEL_LOADS, parallelDeletes, resolveLimits } from "./limits.js";
import { tellTo } from "./narrator.js";
import { recordStart } from "./record-run.js";
import type { DrainReport } from "./report.js";

/** Heartbeats, rejects and counters beside the pollers and the deletes. */
const SPARE_SOCKETS = 12;

export interface DrainOptions {
  readonly limits?: Partial<DrainLimits>;
  /** Transforms and reports, loads and deletes nothing, and needs no database. */
  readonly dryRun?: boolean;
  /** `leave` (the default): a reject stays on the queue. `quarantine`: it is sealed, stored and deleted; needs a key. */
  readonly onReject?: "leave" | "quarantine";
  /** A key that differs from the one that this database is masked with replaces it; else the drain stops before it writes. */
  readonly rotate?: boolean;
  /** All calls of SQS through the AWS SDK's client: slower, and without the code of ours that is quicker. */
  readonly sdkOnly?: boolean;
  /** Aborted: the run stops cleanly and reports. */
  readonly stop?: AbortSignal;
  /** Aborted: the run ends at once and reports; nothing is lost by it. */
  readonly kill?: AbortSignal;
  readonly onEvent?: OnDrainEvent;
  /** One line that the user should see. */
  readonly onWarning?: (message: string) => void;
  readonly env?: Environment;
  readonly clock?: Clock;
}

/**
 * Drains a queue into a table. What goes wrong before the first receive is thrown (`UsageError`, `ConfigError`,
 * `QueueError`, `DatabaseError`, `InterruptedError`); after that it is in the report, beside what was done until then.
 */
export async function drain(settings: Settings, options: DrainOptions = {}): Promise<DrainReport> {
  const { pipelines, keys } = settings;
  const { clock = systemClock, env = process.env, dryRun = false } = options;
  const never = new AbortController().signal;
  const { stop = never, kill = never } = options;
  const limits = resolveLimits(options.limits ?? {});
  const runId = randomUUID();
  const tell = tellTo(options.onEvent);

  const seal = options.onReject === "quarantine" ? sealWith(keys) : undefined;
  const knownKeys = keysOf(pipelines);

  const { body: format } = pipelines[0];

  const offload = await openOffload(pipelines[0], env);
  const store = dryRun ? undefined : openTarget(settings, env, clock);
  const opening = openQueue({
    queue: pipelines[0].queue,
    maxSockets: limits.concurrency + parallelDeletes(limits) + SPARE_SOCKETS,
    direct: options.sdkOnly !== true,
    onDetour: ({ action, code, pauseMs }) => tell({ type: "detour", action, code, pause_ms: pauseMs }),
    env,
    ...(options.onWarning === undefined ? {} : { onWarning: options.onWarning }),
  });

  try {
    // Before the first receive there is nothing to finish: an interrupt need not wait for a slow answer.
    const ready = Promise.all([withAttributes(opening), store?.check()]);
    const [{ queue, attributes }] = await unlessStopped(ready, stop);
    if (dryRun && (limits.max ?? 0) > mostInHand(attributes.fifo)) {
      throw new UsageError(
        "max_too_large",
        `a dry run holds every message until its end, and SQS limits how many may be: --max at most ${mostInHand(attributes.fifo)}`,
      );
    }
    const transform = compileTransform({
      pipelines,
      maskFor: await masksForRun(pipelines, keys),
      queueName: queue.name,
      runId,
    });
    if (store !== undefined) {
      await unlessStopped(store.claimKeys(keysOfRun(pipelines, keys, options.rotate === true)), stop);
      const run = {
        ...{ id: runId, command: "drain" as const, queue: queue.name },
        ...{ targets: pipelines.map(({ table }) => table), keyId: keyIdOfRun(keys) },
      };
      await recordStart(store, run, { clock, stop });
    }
    return await runEngine({
      runId,
      table: tablesText(pipelines),
      queue,
      attributes,
      store,
      transform,
      offload,
      shapeOf: (message, payload) => shapeOfBody(message, format, knownKeys, payload),
      seal,
      limits,
      clock,
      stop,
      kill,
      onEvent: options.onEvent,
    });
  } finally {
    offload?.close();
    // Neither is waited for when it may take long: a queue that does not answer, statements of a killed run.
    void opening.then(
      (queue) => queue.close(),
      () => {},
    );
    const closed = store?.close();
    if (!kill.aborted) await closed;
  }
}

async function withAttributes(
  opening: Promise<Queue>,
): Promise<{ queue: Queue; attributes: QueueAttributes }> {
  const queue = await opening;
  return { queue, attributes: await queue.attributes() };
}

/** Throws UsageError `key_missing` without a masking key. */
function sealWith({ keys: [key] }: Keyring): (message: Message, id: string) => Buffer {
  if (key === undefined) {
    throw new UsageError("key_missing", "quarantine seals the bodies of rejects, so it needs a key");
  }
  return (message, id) => sealMessage(key, message, id);
}

function openTarget(settings: Settings, env: Environment, clock: Clock): TargetStore {
  const { database, bookkeepingSchema: schema, pipelines, migrations: userFolder } = settings;
  if (database === undefined) throw new UsageError("database_missing", "a drain needs a database");
  return openStore({
    database: { ...database, env },
    schema,
    targets: pipelines,
    userFolder,
    poolSize: PARALLEL_LOADS + 2,
    clock,
  });
}
