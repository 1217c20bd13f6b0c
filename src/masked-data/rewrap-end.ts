import type { Pipeline } from "../config/pipeline.js";
import type { Connection } from "../loader/connection.js";
import { tableText } from "../loader/identifier.js";
import {
  type ColumnUse,
  columnUses,
  type EndedUse,
  endKeyUses,
  type KeyUse,
  keyUses,
} from "../loader/key-uses.js";
import { retrying } from "../loader/retry.js";
import { type UnfinishedRun, unfinishedRuns } from "../loader/unfinished-runs.js";
import type { Keyring } from "../masking/index.js";
import { isNeeded } from "./key-needs.js";
import type { Rewrapped, RewrappedColumn, RewrappedVault } from "./rewrap-report.js";
import { type RewrapWork, reading } from "./rewrap-work.js";

export interface EndOptions {
  readonly connection: Connection;
  /** Of the bookkeeping. */
  readonly schema: string;
  readonly pipeline: Pipeline;
  readonly keys: Keyring;
  readonly columns: readonly RewrappedColumn[];
  readonly vault: readonly RewrappedVault[];
}

export interface RewrapEnd {
  /** Keys at hand that nothing in the database is read back with, and no run that is under way adds to. */
  readonly dispensable: readonly string[];
  /** Runs that may be under way with another first key: they add to what is under it. */
  readonly unfinished: readonly UnfinishedRun[];
}

/**
 * After the last pass: strikes off what old keys were in use for, where nothing is left, and says which of them nobody
 * needs any more. Throws `DatabaseError` and `InterruptedError`.
 */
export async function endRewrap(work: RewrapWork, options: EndOptions): Promise<RewrapEnd> {
  const { connection, schema, keys } = options;
  const runs = await reading(work, () => unfinishedRuns(connection, schema));
  const known = await reading(work, () => columnUses(connection, schema));
  const ended = endedUses(options, known, runs);
  await retrying(() => endKeyUses(connection, schema, ended), work);
  const uses = await reading(work, () => keyUses(connection, schema));
  const needed = new Set(uses.filter(isNeeded).map(({ keyId }) => keyId));
  const old = [...keys.keys.slice(1), ...keys.privateKeys.slice(1)].map(({ id }) => id);
  const unfinished = runs.filter(
    (run) =>
      old.some((id) => id === run.keyId) ||
      uses.some((use) => use.kind === "column" && mayAddTo(use, run, uses)),
  );
  const isFree = (id: string): boolean => !needed.has(id) && unfinished.every(({ keyId }) => keyId !== id);
  return { dispensable: old.filter(isFree), unfinished };
}

function endedUses(
  { pipeline, columns, vault }: EndOptions,
  known: readonly ColumnUse[],
  runs: readonly UnfinishedRun[],
): EndedUse[] {
  const table = tableText(pipeline.table);
  const keysLeft = ({ left }: Rewrapped): string[] =>
    left.flatMap(({ key_id: id }) => (id === null ? [] : [id]));
  const ofColumns = pipeline.columns.flatMap(({ name, mask, companionOf }): EndedUse[] => {
    const result = columns.find(({ column }) => column === (companionOf ?? name));
    if (mask === undefined || result === undefined) return [];
    // A companion has its key apart from what was left.
    if (companionOf !== undefined && keysLeft(result).length > 0) return [];
    const { strategy, domain } = mask;
    const heldBack = known
      .filter(
        (use) => use.table === table && use.column === name && runs.some((run) => mayAddTo(use, run, known)),
      )
      .map(({ keyId }) => keyId);
    return [{ strategy, domain, column: { table, name }, stillInUse: [...keysLeft(result), ...heldBack] }];
  });
  const ofVault = vault.map(
    ({ domain, ...result }): EndedUse => ({
      ...{ strategy: "token", domain, column: undefined },
      stillInUse: keysLeft(result),
    }),
  );
  return [...ofColumns, ...ofVault];
}

function loads({ targets }: UnfinishedRun, table: string): boolean {
  return `, ${targets}, `.includes(`, ${table}, `);
}

/**
 * Whether a run that may be under way masks with a former key. A run is recorded with its first key; where that is not the
 * column's (a public key, or one that is named by `key_id`), it is known from when another key came.
 */
function mayAddTo(use: ColumnUse, run: UnfinishedRun, uses: readonly KeyUse[]): boolean {
  // Nothing goes into the vault under a key that has been replaced.
  if (use.isCurrent || use.strategy === "token" || !loads(run, use.table)) return false;
  if (run.keyId === use.keyId) return true;
  const current = uses.find(
    (other) =>
      other.kind === "column" &&
      other.isCurrent &&
      other.table === use.table &&
      other.column === use.column &&
      other.strategy === use.strategy,
  );
  const isRunsOwn = run.keyId === current?.keyId;
  return !isRunsOwn && current?.kind === "column" && run.startedAt < current.firstUsedAt;
}
