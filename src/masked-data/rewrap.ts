import { type Clock, systemClock } from "../clock.js";
import type { Environment } from "../config/key-source.js";
import type { Settings } from "../config/resolve.js";
import type { OnDrainEvent } from "../drain/events.js";
import { LIMIT_BOUNDS } from "../drain/limits.js";
import { Sqs2pgError, UsageError } from "../errors.js";
import { parseQueueReference } from "../fetcher/sqs/queue-reference.js";
import { type Connection, connect } from "../loader/connection.js";
import { asStoreError, toDatabaseError } from "../loader/errors/database-error.js";
import { type ColumnUse, columnUses } from "../loader/key-uses.js";
import { claimKeys } from "../loader/mask-keys.js";
import { checkRewrap } from "../loader/rewrap-check.js";
import { keysOfRun } from "../masks-for-run.js";
import { unlessStopped } from "../unless-stopped.js";
import { sortColumns } from "./rewrap-columns.js";
import type { RewrapReport } from "./rewrap-report.js";
import { runRewrap } from "./run-rewrap.js";

const DEFAULT_BATCH_SIZE = 1_000;
const INTERRUPTED = "interrupted before anything was rewrapped: every value is as it was";

export interface RewrapOptions {
  /** Rows in one statement; 1,000 unless it is given. */
  readonly batchSize?: number;
  /** The first key is not the one in use, and replaces it; else that is refused, as by a drain. */
  readonly rotate?: boolean;
  /** Opens and counts only; changes nothing. */
  readonly dryRun?: boolean;
  /** Aborted: the batch in hand is finished, and it reports. Running it again goes on. */
  readonly stop?: AbortSignal;
  /** Aborted: it ends at once; every value is under one key or the other. */
  readonly kill?: AbortSignal;
  readonly onEvent?: OnDrainEvent;
  readonly env?: Environment;
  readonly clock?: Clock;
}

/**
 * Brings what is under old keys under the first one: the pipeline's columns that can be read back and name their key, with
 * their companions; the vault's entries of its token columns; the quarantined rejects of its queue. In batches, each a
 * transaction of its own, beside running drains; what was done stays done however it ends. What goes wrong at the start
 * is thrown (`UsageError`, `DatabaseError`, `InterruptedError`); after that it is in the report.
 */
export async function rewrap(settings: Settings, options: RewrapOptions = {}): Promise<RewrapReport> {
  const { database, keys, pipeline, bookkeepingSchema: schema } = settings;
  const { env = process.env, clock = systemClock, dryRun = false } = options;
  const never = new AbortController().signal;
  const { stop = never, kill = never } = options;
  const batchSize = checkedBatchSize(options.batchSize ?? DEFAULT_BATCH_SIZE);
  if (database === undefined) throw new UsageError("database_missing", "a rewrap needs a database");
  if (keys.keys.length === 0 && keys.publicKeys.length === 0) {
    throw new UsageError(
      "key_missing",
      "a rewrap needs the keys, the new one first: give them by SQS2PG_MASK_KEY or --key file:PATH",
    );
  }
  // Mistakes in the settings are told before the database is asked.
  const claims = keysOfRun([pipeline], keys, options.rotate === true);
  const queue = parseQueueReference(pipeline.queue).name;
  const connection = connect({ ...database, env }, { poolSize: 1 });
  try {
    const ready = prepare(connection, settings, dryRun);
    const uses = await unlessStopped(ready, stop, INTERRUPTED);
    if (!dryRun) {
      const claiming = claimKeys(connection, { ...claims, schema });
      await unlessStopped(claiming, stop, INTERRUPTED);
    }
    return await runRewrap({
      ...{ settings, connection, queue, batchSize, dryRun, clock, stop, kill },
      columns: sortColumns(pipeline, keys, uses),
      onEvent: options.onEvent,
    });
  } finally {
    const closed = connection.close();
    if (!kill.aborted) await closed;
  }
}

function checkedBatchSize(batchSize: number): number {
  const { min, max = Number.MAX_SAFE_INTEGER } = LIMIT_BOUNDS.batchSize;
  if (Number.isInteger(batchSize) && batchSize >= min && batchSize <= max) return batchSize;
  throw new UsageError("invalid_value", `batchSize must be a whole number from ${min} to ${max}`);
}

/** What the table's columns have been masked with so far. */
async function prepare(connection: Connection, settings: Settings, dryRun: boolean): Promise<ColumnUse[]> {
  const { pipeline, keys, bookkeepingSchema: schema } = settings;
  const { rewrappable } = sortColumns(pipeline, keys, []);
  const columns = rewrappable.flatMap(({ column, companionColumn }) =>
    companionColumn === undefined ? [column] : [column, companionColumn],
  );
  await checkRewrap(connection, {
    ...{ schema, table: pipeline.table, columns, dryRun },
    hasTokens: pipeline.columns.some(({ mask }) => mask?.strategy === "token"),
    hasSeals: keys.keys.length > 0,
  });
  try {
    return await columnUses(connection, schema);
  } catch (error) {
    throw error instanceof Sqs2pgError ? error : toDatabaseError(asStoreError(error));
  }
}
