import type { Column, Pipeline, TableName } from "../config/pipeline.js";
import { tableText } from "../loader/identifier.js";
import {
  createRewrapTable,
  type LeafTable,
  type RewrappedRow,
  type RewrapTable,
  type StaleRow,
} from "../loader/rewrap-table.js";
import {
  createUnmask,
  envelopeHead,
  type Keyring,
  MaskError,
  type MaskSpec,
  maskingKey,
  STRATEGIES,
} from "../masking/index.js";
import type { FixedColumn } from "./rewrap-report.js";
import { createRewrapTally, type RewrapTally } from "./rewrap-tally.js";
import { attempting, type RewrapWork, updating } from "./rewrap-work.js";

/** Pages of 8 KiB that are looked through at once: a few thousand rows at the most. */
const BLOCKS_AT_ONCE = 64;

const SCHEMES = { "aes-siv": "s1.", "aes-gcm": "g1.", sealed: "p1." } as const;

type Masked = Column & { readonly mask: MaskSpec };

/** A column whose values can be brought under another key. */
interface RewrappableColumn {
  readonly column: Masked;
  readonly companion: Masked | undefined;
  readonly scheme: string;
  readonly keyId: string;
}

/** Which masked columns can be rewrapped with these keys, and why the others cannot. */
export function sortColumns(
  { columns }: Pick<Pipeline, "columns">,
  keys: Keyring,
): { readonly rewrappable: readonly RewrappableColumn[]; readonly fixed: readonly FixedColumn[] } {
  const rewrappable: RewrappableColumn[] = [];
  const fixed: FixedColumn[] = [];
  const masked = columns.filter((column): column is Masked => column.mask !== undefined);
  for (const column of masked) {
    const { strategy } = column.mask;
    const companions = masked.filter(({ companionOf }) => companionOf === column.name);
    const reason = whyFixed(column, keys);
    if (reason !== undefined) fixed.push({ column: column.name, strategy, reason });
    else if (strategy === "aes-siv" || strategy === "aes-gcm" || strategy === "sealed") {
      const keyId =
        strategy === "sealed"
          ? (column.mask.keyId ?? keys.publicKeys[0]?.id ?? "")
          : maskingKey(column.mask, keys).id;
      rewrappable.push({ column, companion: companions[0], scheme: SCHEMES[strategy], keyId });
    }
  }
  return { rewrappable, fixed };
}

/** Nothing to say of those that go along with another column, or that have no key. */
function whyFixed({ mask, companionOf }: Masked, { privateKeys }: Keyring): string | undefined {
  const { strategy } = mask;
  if (strategy === "sealed" && privateKeys.length === 0)
    return "opening what is sealed needs the private key, which is not among the keys";
  if (strategy === "hmac-sha256" && companionOf === undefined)
    return "there is no way back from a hash: old rows stay under the old key, and do not join with new ones";
  const { key, reversibleBy, namesKey } = STRATEGIES[strategy];
  if (key !== "none" && reversibleBy === "key" && !namesKey)
    return "its values do not say which key they have: keep theirs with key_id";
  return undefined;
}

export interface RewrapColumnsOptions {
  readonly table: TableName;
  readonly columns: readonly RewrappableColumn[];
  readonly keys: Keyring;
  readonly maskFor: (spec: MaskSpec) => (value: string) => unknown;
}

/**
 * Brings the columns of a table under the keys that are wanted, page by page, and again until there is nothing more to be
 * done: a drain may go on meanwhile. What became of each column, in their order; undefined for what has no rows of its
 * own, such as a view. Throws `DatabaseError`.
 */
export async function rewrapColumns(
  work: RewrapWork,
  options: RewrapColumnsOptions,
): Promise<readonly RewrapTally[] | undefined> {
  const { columns } = options;
  const place = tableText(options.table);
  const table = createRewrapTable(work.connection, {
    table: options.table,
    columns: columns.map(({ column, scheme, keyId }) => ({
      name: column.name,
      scheme,
      wanted: `${scheme}${keyId}.`,
    })),
    companions: columns.map(({ companion }) => companion?.name),
  });
  const tallies = columns.map(() => createRewrapTally());
  const rewrap = createRowRewrapper(options, tallies);
  for (let isFirst = true; ; isFirst = false) {
    const leaves = await attempting(work, place, table.leaves);
    if (leaves.length === 0) return undefined;
    for (const tally of tallies) tally.beginPass();
    const changed = await onePass({ work, place, table, leaves, rewrap, tallies, isFirst });
    if (changed === 0 || work.dryRun || work.isStopped()) return tallies;
  }
}

interface Pass {
  readonly work: RewrapWork;
  readonly place: string;
  readonly table: RewrapTable;
  readonly leaves: readonly LeafTable[];
  readonly rewrap: (row: StaleRow) => Promise<RewrappedRow>;
  readonly tallies: readonly RewrapTally[];
  readonly isFirst: boolean;
}

/** Once through all pages that there are; the number of rows that were changed. */
async function onePass({ work, place, table, leaves, rewrap, tallies, isFirst }: Pass): Promise<number> {
  const allBlocks = leaves.reduce((sum, { blocks }) => sum + blocks, 0);
  let [gone, changed] = [0, 0];
  for (const leaf of leaves) {
    for (let from = 0; from < leaf.blocks; from += BLOCKS_AT_ONCE) {
      if (work.isStopped()) return changed;
      const stale = await attempting(work, place, () => table.stale(leaf, from, from + BLOCKS_AT_ONCE));
      const rows: RewrappedRow[] = [];
      for (const row of stale) rows.push(await rewrap(row));
      const renewed = rows.filter((row) => row.renewed.some((value) => value !== null));
      if (!work.dryRun && renewed.length > 0) {
        const left = new Set<RewrappedRow>();
        const update = (batch: readonly RewrappedRow[]) => table.update(leaf, batch);
        changed += await updating(work, place, renewed, update, (row, code) => {
          left.add(row);
          countRow(row, tallies, (tally, keyId) => tally.leave(code, keyId));
        });
        for (const row of renewed) if (!left.has(row)) countRow(row, tallies, (tally) => tally.add(1));
      } else for (const row of renewed) countRow(row, tallies, (tally) => tally.add(1));
      gone += Math.min(BLOCKS_AT_ONCE, leaf.blocks - from);
      if (isFirst) work.onProgress(gone / allBlocks, changed);
    }
  }
  return changed;
}

function countRow(
  { values, renewed }: RewrappedRow,
  tallies: readonly RewrapTally[],
  count: (tally: RewrapTally, keyId: string) => void,
): void {
  for (const [index, tally] of tallies.entries()) {
    if (renewed[index] != null) count(tally, envelopeHead(values[index] ?? "")?.keyId ?? "");
  }
}

/** What cannot be opened is counted and stays as it is. */
function createRowRewrapper(
  { columns, keys, maskFor }: RewrapColumnsOptions,
  tallies: readonly RewrapTally[],
): (row: StaleRow) => Promise<RewrappedRow> {
  const ways = columns.map(({ column, companion }) => ({
    unmask: createUnmask(column.mask, keys),
    mask: maskFor(column.mask),
    join: companion === undefined ? undefined : maskFor(companion.mask),
  }));
  return async (row) => {
    const renewed: (string | null)[] = [];
    const companions: (string | null)[] = [];
    for (const [index, { unmask, mask, join }] of ways.entries()) {
      const masked = row.values[index] ?? null;
      renewed.push(null);
      companions.push(null);
      if (masked === null) continue;
      try {
        const value = await unmask(masked);
        renewed[index] = textOf(mask(value));
        if (join !== undefined) companions[index] = textOf(join(value));
      } catch (error) {
        if (!(error instanceof MaskError)) throw error;
        tallies[index]?.leave(error.code, envelopeHead(masked)?.keyId ?? "");
      }
    }
    return { ...row, renewed, companions };
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
