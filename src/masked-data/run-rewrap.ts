import { randomUUID } from "node:crypto";
import type { Backoff } from "../backoff.js";
import type { Clock } from "../clock.js";
import type { TableName } from "../config/pipeline.js";
import type { Settings } from "../config/resolve.js";
import type { OnDrainEvent } from "../drain/events.js";
import { RETRY_FOR_MS } from "../drain/limits.js";
import { createNarrator } from "../drain/narrator.js";
import { createStopper } from "../drain/stopper.js";
import { InterruptedError } from "../errors.js";
import type { Connection } from "../loader/connection.js";
import { tableText } from "../loader/identifier.js";
import { createRewrapTable } from "../loader/rewrap-table.js";
import type { MaskKey, MaskSpec } from "../masking/index.js";
import { masksForRun } from "../masks-for-run.js";
import type { SortedColumns } from "./rewrap-columns.js";
import { endRewrap, type RewrapEnd } from "./rewrap-end.js";
import { type RewrapPlace, rewrapInPasses } from "./rewrap-passes.js";
import type { FixedColumn, RewrappedColumn, RewrappedVault, RewrapReport } from "./rewrap-report.js";
import { createRowsPlace } from "./rewrap-rows.js";
import { createSealsPlace } from "./rewrap-seals.js";
import { createRewrapTally } from "./rewrap-tally.js";
import { createTokensPlace } from "./rewrap-tokens.js";
import { type RewrapWork, reading } from "./rewrap-work.js";

export interface RunRewrapOptions {
  readonly settings: Settings;
  readonly connection: Connection;
  /** The queue's name. */
  readonly queue: string;
  readonly columns: SortedColumns;
  readonly batchSize: number;
  readonly dryRun: boolean;
  readonly clock: Clock;
  /** Aborted: what is in hand is finished. */
  readonly stop: AbortSignal;
  /** Aborted: ends at once. */
  readonly kill: AbortSignal;
  readonly onEvent?: OnDrainEvent | undefined;
}

const NOTHING_ENDED: RewrapEnd = { dispensable: [], unfinished: [] };

/** Rewraps what there is. It does not throw: what goes wrong is in the report. */
export async function runRewrap(options: RunRewrapOptions): Promise<RewrapReport> {
  const { settings, connection, queue, columns, batchSize, dryRun, clock, kill } = options;
  const { pipeline, keys, bookkeepingSchema: schema } = settings;
  // The caller's signals may outlive many rewraps, so nothing of this one stays behind on them.
  const over = new AbortController();
  const stop = AbortSignal.any([options.stop, kill]);
  const startedAtMs = clock.now();
  const table = tableText(pipeline.table);
  const stopper = createStopper((error) => narrator.tell({ type: "failed", error }));
  let [rows, gone] = [0, 0];
  const narrator = createNarrator(options.onEvent, clock, () => {
    const done = Math.round(rows * gone);
    const nothing = { duplicates: 0, rejected: 0, released: 0, deleted: 0, pollers: 0 };
    return { ...nothing, received: done, loaded: done };
  });
  const work: RewrapWork = {
    ...{ batchSize, dryRun, clock, stop, signal: kill, retryForMs: RETRY_FOR_MS },
    onRetry: ({ code, attempt, delayMs }: Backoff) =>
      narrator.tell({ type: "retry", what: "load", code, attempt, delay_ms: delayMs }),
    onProgress: (share) => {
      gone = share;
      narrator.progress();
    },
  };

  const places: RewrapPlace[] = [];
  const fixed: FixedColumn[] = [...columns.fixed];
  const columnTallies = columns.rewrappable.map(() => createRewrapTally());
  const vaultTallies = new Map<string, ReturnType<typeof createRewrapTally>>();
  const sealTally = createRewrapTally();
  let isTable = true;

  const columnResults = (): RewrappedColumn[] =>
    columns.rewrappable.flatMap(({ column }, index): RewrappedColumn[] => {
      const tally = columnTallies[index];
      if (tally === undefined || !isTable) return [];
      return [{ column: column.name, strategy: column.mask.strategy, ...tally.result() }];
    });
  const vaultResults = (): RewrappedVault[] =>
    [...vaultTallies].map(([domain, tally]) => ({ domain, ...tally.result() }));

  const openPlaces = async (): Promise<void> => {
    if (columns.rewrappable.length > 0) {
      const rowsOf = createRewrapTable(connection, { table: pipeline.table, columns: columns.rewrappable });
      const leaves = await reading(work, rowsOf.leaves);
      rows = leaves.reduce((sum, leaf) => sum + leaf.rows, 0);
      isTable = leaves.length > 0;
      const maskFor = await masksForRun([pipeline], keys);
      const place = { table: rowsOf, columns: columns.rewrappable, keys, maskFor, tallies: columnTallies };
      if (isTable) places.push(createRowsPlace(work, place));
      else fixed.push(...withoutRows(columns, pipeline.table));
    }
    for (const [domain, mask] of tokenMasks(settings)) {
      const tally = createRewrapTally();
      vaultTallies.set(domain, tally);
      places.push(createTokensPlace(work, { connection, schema, mask, keys, tally }));
    }
    const [first, ...others] = keys.keys;
    if (first !== undefined) {
      const held: [MaskKey, ...MaskKey[]] = [first, ...others];
      places.push(createSealsPlace(work, { connection, schema, queue, keys: held, tally: sealTally }));
    }
  };

  const report = (because: RewrapReport["stopped_because"], end: RewrapEnd): RewrapReport => {
    const error = stopper.error();
    const isSealed = columns.rewrappable.some(({ column }) => column.mask.strategy === "sealed");
    return {
      table,
      key_id: keys.keys[0]?.id ?? null,
      public_key_id: isSealed ? (keys.publicKeys[0]?.id ?? null) : null,
      dry_run: dryRun,
      stopped_because: error === undefined ? because : "error",
      duration_ms: clock.now() - startedAtMs,
      columns: columnResults(),
      vault: vaultResults(),
      rejects: sealTally.result(),
      not_rewrappable: fixed,
      dispensable_keys: end.dispensable,
      unfinished_runs: end.unfinished.map(({ id, keyId, startedAt }) => ({
        ...{ run_id: id, key_id: keyId, started_at: startedAt.toISOString() },
      })),
      ...(error === undefined ? {} : { error }),
    };
  };

  const everything = async (): Promise<RewrapReport> => {
    let end = NOTHING_ENDED;
    try {
      await openPlaces();
      narrator.tell({
        ...{
          type: "started",
          run_id: randomUUID(),
          queue: "old keys",
          table,
          max: undefined,
          dry_run: dryRun,
        },
        backlog: { visible: rows, in_flight: 0, delayed: 0 },
      });
      await rewrapInPasses(work, places);
      if (!stop.aborted && !dryRun) {
        const results = { columns: columnResults(), vault: vaultResults() };
        end = await endRewrap(work, { connection, schema, pipeline, keys, ...results });
        return report("done", end);
      }
    } catch (error) {
      if (!(error instanceof InterruptedError)) stopper.fail(error);
    }
    return report(stop.aborted ? "signal" : "done", end);
  };

  const whileRunning = { once: true, signal: over.signal };
  stop.addEventListener("abort", () => narrator.tell({ type: "stopping", because: "signal" }), whileRunning);
  const killed = new Promise<RewrapReport>((resolve) => {
    const onKill = (): void => resolve(report("signal", NOTHING_ENDED));
    if (kill.aborted) onKill();
    else kill.addEventListener("abort", onKill, whileRunning);
  });
  try {
    return await Promise.race([everything(), killed]);
  } finally {
    over.abort();
  }
}

/** One for each domain. */
function tokenMasks({ pipeline }: Settings): ReadonlyMap<string, MaskSpec> {
  const masks = new Map<string, MaskSpec>();
  for (const { mask } of pipeline.columns) if (mask?.strategy === "token") masks.set(mask.domain, mask);
  return masks;
}

function withoutRows({ rewrappable }: SortedColumns, table: TableName): FixedColumn[] {
  const reason = `${tableText(table)} has no rows of its own`;
  return rewrappable.map(({ column }) => ({ column: column.name, strategy: column.mask.strategy, reason }));
}
