import { randomUUID } from "node:crypto";
import { type Clock, systemClock } from "../clock.js";
import type { Environment } from "../config/key-source.js";
import type { Settings } from "../config/resolve.js";
import type { OnDrainEvent } from "../drain/events.js";
import { DEFAULT_LIMITS, resolveLimits } from "../drain/limits.js";
import { recordStart } from "../drain/record-run.js";
import { UsageError } from "../errors.js";
import { parseQueueReference } from "../fetcher/sqs/queue-reference.js";
import { tablesText } from "../loader/identifier.js";
import { openQuarantine } from "../loader/open-store.js";
import { keyIdOfRun, keysOfRun, masksForRun } from "../masks-for-run.js";
import { openOffload } from "../payloads/offload.js";
import { openMessage } from "../sealed-message.js";
import { compileTransform } from "../transform/compile.js";
import { unlessStopped } from "../unless-stopped.js";
import type { ReplayReport } from "./replay-report.js";
import { runReplay } from "./run-replay.js";

export interface ReplayOptions {
  /** Only rejects with this code. */
  readonly code?: string | undefined;
  /** Rejects to read at most. */
  readonly max?: number | undefined;
  /** Rejects at once, and rows in one statement. */
  readonly batchSize?: number | undefined;
  /** So many rows in a row that the database refuses end the replay; 1,000 unless it is given. */
  readonly rejectsInARow?: number | undefined;
  /** A key that differs from the one that this database is masked with replaces it; else nothing is loaded. */
  readonly rotate?: boolean;
  /** Opens, transforms and reports; changes nothing. */
  readonly dryRun?: boolean;
  /** Aborted: the replay stops cleanly and reports. */
  readonly stop?: AbortSignal;
  /** Aborted: it ends at once and reports; nothing is lost by it. */
  readonly kill?: AbortSignal;
  readonly onEvent?: OnDrainEvent;
  readonly env?: Environment;
  readonly clock?: Clock;
}

const NOTHING_DONE = "interrupted before anything was read: nothing was changed";

/**
 * Opens the quarantined rejects of the pipeline's queue, runs them through the pipeline as it is now, and loads what
 * fits: its row, its entry in the ledger and the end of its seal are one transaction. The rest stays sealed. SQS is not
 * asked. What goes wrong at the start is thrown (`UsageError`, `DatabaseError`, `InterruptedError`); after that it is in
 * the report, beside what was done until then.
 */
export async function replay(settings: Settings, options: ReplayOptions = {}): Promise<ReplayReport> {
  const { database, keys, pipelines, bookkeepingSchema } = settings;
  const { clock = systemClock, env = process.env, dryRun = false } = options;
  const never = new AbortController().signal;
  const { stop = never, kill = never } = options;
  const { max, batchSize, rejectsInARow } = resolveLimits({
    max: options.max,
    batchSize: options.batchSize ?? DEFAULT_LIMITS.batchSize,
    rejectsInARow: options.rejectsInARow ?? DEFAULT_LIMITS.rejectsInARow,
  });
  if (database === undefined) throw new UsageError("database_missing", "a replay needs a database");
  if (keys.keys.length === 0)
    throw new UsageError("key_missing", "a replay opens sealed messages: it needs a key");

  const runId = randomUUID();
  const queueName = parseQueueReference(pipelines[0].queue).name;
  const offload = await openOffload(pipelines[0], env);
  const quarantine = openQuarantine({
    database: { ...database, env },
    schema: bookkeepingSchema,
    targets: pipelines,
    userFolder: settings.migrations,
    poolSize: 2,
    clock,
  });
  try {
    await unlessStopped(quarantine.check(), stop, NOTHING_DONE);
    const maskFor = await masksForRun(pipelines, keys);
    if (!dryRun) {
      const claiming = quarantine.claimKeys(keysOfRun(pipelines, keys, options.rotate === true));
      await unlessStopped(claiming, stop, NOTHING_DONE);
      const run = {
        ...{ id: runId, command: "replay" as const, queue: queueName },
        ...{ targets: pipelines.map(({ table }) => table), keyId: keyIdOfRun(keys) },
      };
      await recordStart(quarantine, run, { clock, stop, interrupted: NOTHING_DONE });
    }
    return await runReplay({
      runId,
      queueName,
      table: tablesText(pipelines),
      quarantine,
      open: (sealed, id) => openMessage(keys.keys, sealed, id),
      offload,
      transform: compileTransform({ pipelines, maskFor, queueName, runId }),
      code: options.code,
      max: max ?? Number.POSITIVE_INFINITY,
      batchSize,
      rejectsInARow,
      dryRun,
      clock,
      stop,
      kill,
      onEvent: options.onEvent,
    });
  } finally {
    offload?.close();
    const closed = quarantine.close();
    if (!kill.aborted) await closed;
  }
}
