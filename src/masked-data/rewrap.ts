import { randomUUID } from "node:crypto";
import { type Clock, systemClock } from "../clock.js";
import type { Environment } from "../config/key-source.js";
import type { Settings } from "../config/resolve.js";
import type { OnDrainEvent } from "../drain/events.js";
import { RETRY_FOR_MS } from "../drain/limits.js";
import { createNarrator } from "../drain/narrator.js";
import { Sqs2pgError, UsageError } from "../errors.js";
import { parseQueueReference } from "../fetcher/sqs/queue-reference.js";
import { type Connection, connect } from "../loader/connection.js";
import { tableText } from "../loader/identifier.js";
import { type EndedUse, endKeyUses, keyUses } from "../loader/key-uses.js";
import { claimKeys } from "../loader/mask-keys.js";
import { checkMigrations } from "../loader/migrations/require.js";
import { createRewrapTable } from "../loader/rewrap-table.js";
import type { Keyring, MaskSpec } from "../masking/index.js";
import { STRATEGIES } from "../masking/index.js";
import { keysOfRun, masksForRun } from "../masks-for-run.js";
import { unlessStopped } from "../unless-stopped.js";
import { rewrapColumns, sortColumns } from "./rewrap-columns.js";
import type {
  FixedColumn,
  Rewrapped,
  RewrappedColumn,
  RewrappedVault,
  RewrapReport,
} from "./rewrap-report.js";
import { rewrapSeals } from "./rewrap-seals.js";
import { rewrapTokens } from "./rewrap-tokens.js";
import { attempting, type RewrapWork } from "./rewrap-work.js";

const DEFAULT_BATCH_SIZE = 1_000;
const NOTHING: Rewrapped = { rewrapped: 0, left: [] };

export interface RewrapOptions {
  /** Rows in one statement; 1,000 unless it is given. */
  readonly batchSize?: number;
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
  if (database === undefined) throw new UsageError("database_missing", "a rewrap needs a database");
  const over = new AbortController();
  const startedAtMs = clock.now();
  const table = tableText(pipeline.table);
  const parts = sortColumns(pipeline, keys);
  const maskFor = await masksForRun(pipeline, keys);
  const connection = connect({ url: database.url, env }, { poolSize: 2 });
  const done = { columns: [] as RewrappedColumn[], vault: [] as RewrappedVault[], rejects: NOTHING };
  const fixed: FixedColumn[] = [...parts.fixed];
  let [rows, gone] = [0, 0];
  const narrator = createNarrator(options.onEvent, clock, () => ({
    ...{ received: Math.round(rows * gone), duplicates: 0, rejected: 0, released: 0, deleted: 0, pollers: 0 },
    loaded: Math.round(rows * gone),
  }));
  const work: RewrapWork = {
    ...{ connection, schema, clock, dryRun, signal: kill },
    batchSize: options.batchSize ?? DEFAULT_BATCH_SIZE,
    retryForMs: RETRY_FOR_MS,
    isStopped: () => stop.aborted || kill.aborted,
    onRetry: ({ code, attempt, delayMs }) =>
      narrator.tell({ type: "retry", what: "load", code, attempt, delay_ms: delayMs }),
    onProgress: (share) => {
      gone = share;
      narrator.progress();
    },
  };

  const columns = async (): Promise<void> => {
    if (parts.rewrappable.length === 0) return;
    const tallies = await rewrapColumns(work, {
      table: pipeline.table,
      columns: parts.rewrappable,
      keys,
      maskFor,
    });
    for (const [index, { column }] of parts.rewrappable.entries()) {
      const strategy = column.mask.strategy;
      const tally = tallies?.[index];
      if (tally !== undefined) done.columns.push({ column: column.name, strategy, ...tally.result() });
      else fixed.push({ column: column.name, strategy, reason: `${table} has no rows of its own` });
    }
  };
  const tokens = async (): Promise<void> => {
    const specs = new Map<string, MaskSpec>();
    for (const { mask } of pipeline.columns) if (mask?.strategy === "token") specs.set(mask.domain, mask);
    for (const [domain, spec] of specs) {
      done.vault.push({ domain, ...(await rewrapTokens(work, spec, keys)).result() });
    }
  };
  const everything = async (): Promise<RewrapReport["stopped_because"]> => {
    await columns();
    await tokens();
    const queue = parseQueueReference(pipeline.queue).name;
    done.rejects = (await rewrapSeals(work, queue, keys)).result();
    if (work.isStopped()) return "signal";
    if (!dryRun) {
      const ended = endedUses(settings, done);
      await attempting(work, `${schema}.mask_keys`, () => endKeyUses(connection, schema, ended));
    }
    return "done";
  };
  const report = (
    because: RewrapReport["stopped_because"],
    dispensable: readonly string[],
    error?: Sqs2pgError,
  ): RewrapReport => ({
    table,
    key_id: keys.keys[0]?.id ?? null,
    public_key_id: parts.rewrappable.some(({ column }) => column.mask.strategy === "sealed")
      ? (keys.publicKeys[0]?.id ?? null)
      : null,
    dry_run: dryRun,
    stopped_because: because,
    duration_ms: clock.now() - startedAtMs,
    ...done,
    not_rewrappable: fixed,
    dispensable_keys: dispensable,
    ...(error === undefined ? {} : { error: { kind: error.kind, code: error.code, message: error.message } }),
  });

  try {
    await unlessStopped(prepare(connection, settings, dryRun), stop, "interrupted: nothing was changed");
    rows = await rowsOf(work, settings).catch(() => 0);
    narrator.tell({
      ...{ type: "started", run_id: randomUUID(), queue: "old keys", table, max: undefined, dry_run: dryRun },
      backlog: { visible: rows, in_flight: 0, delayed: 0 },
    });
    stop.addEventListener("abort", () => narrator.tell({ type: "stopping", because: "signal" }), {
      once: true,
      signal: over.signal,
    });
    try {
      const because = await unlessStopped(everything(), kill);
      const dispensable = because === "done" ? await dispensableKeys(work, keys) : [];
      return report(because, dispensable);
    } catch (error) {
      if (!(error instanceof Sqs2pgError)) throw error;
      return report(kill.aborted ? "signal" : "error", [], kill.aborted ? undefined : error);
    }
  } finally {
    // The caller's signal may outlive many rewraps.
    over.abort();
    const closed = connection.close();
    if (!kill.aborted) await closed;
  }
}

/** From here on the first key is the one in use: a rewrap is meant. */
async function prepare(connection: Connection, settings: Settings, dryRun: boolean): Promise<void> {
  const { pipeline, keys, bookkeepingSchema: schema } = settings;
  await checkMigrations(connection, schema);
  if (dryRun) return;
  await claimKeys(connection, { ...keysOfRun(pipeline, keys, true), schema, table: pipeline.table });
}

async function rowsOf(work: RewrapWork, { pipeline }: Settings): Promise<number> {
  const options = { table: pipeline.table, columns: [], companions: [] };
  const leaves = await createRewrapTable(work.connection, options).leaves();
  return leaves.reduce((sum, leaf) => sum + leaf.rows, 0);
}

/** Where nothing is left under old keys, or only under some of them. */
function endedUses(
  { pipeline }: Settings,
  done: { readonly columns: readonly RewrappedColumn[]; readonly vault: readonly RewrappedVault[] },
): EndedUse[] {
  const keysLeft = ({ left }: Rewrapped): string[] => left.map(({ key_id: id }) => id);
  const table = tableText(pipeline.table);
  const ofColumns = pipeline.columns.flatMap(({ name, mask, companionOf }): EndedUse[] => {
    const result = done.columns.find(({ column }) => column === (companionOf ?? name));
    if (mask === undefined || result === undefined) return [];
    const { strategy, domain } = mask;
    return [{ strategy, domain, column: { table, name }, stillInUse: keysLeft(result) }];
  });
  const ofVault = done.vault.map(
    ({ domain, ...result }): EndedUse => ({
      strategy: "token",
      domain,
      column: undefined,
      stillInUse: keysLeft(result),
    }),
  );
  return [...ofColumns, ...ofVault];
}

/** Of the keys that are not first: those that nothing in this database, of whichever pipeline, is read back with. */
async function dispensableKeys(work: RewrapWork, { keys, privateKeys }: Keyring): Promise<string[]> {
  const uses = await attempting(work, `${work.schema}.mask_keys`, () =>
    keyUses(work.connection, work.schema),
  );
  const needed = new Set(
    uses.flatMap((use) => {
      const strategy =
        use.kind === "column"
          ? Object.values(STRATEGIES).find(({ name }) => name === use.strategy)
          : undefined;
      return use.kind === "column" && !use.isCurrent && strategy?.reversibleBy === "nobody"
        ? []
        : [use.keyId];
    }),
  );
  return [...keys.slice(1), ...privateKeys.slice(1)].map(({ id }) => id).filter((id) => !needed.has(id));
}
