import { BATCH_BYTES } from "../drain/limits.js";
import type { RewrapTable } from "../loader/rewrap-table.js";
import type { BlockRange, LeafTable, RenewedRow, StoredRow } from "../loader/rewrap-table-sql.js";
import { createUnmask, envelopeHead, type Keyring, MaskError, type MaskSpec } from "../masking/index.js";
import type { RewrappableColumn } from "./rewrap-columns.js";
import { type Cell, type Pages, type Renewal, rewrapPages } from "./rewrap-pages.js";
import type { RewrapPlace } from "./rewrap-passes.js";
import type { RewrapTally } from "./rewrap-tally.js";
import { type RewrapWork, reading } from "./rewrap-work.js";

/** Of a table's file, usually of 8 KiB each, that are looked through at once: some ten thousand rows. */
const BLOCKS_AT_ONCE = 512;
/** Where every place has to be asked for by name. */
const FEWER_BLOCKS_AT_ONCE = 64;

export interface RowsPlaceOptions {
  readonly table: RewrapTable;
  readonly columns: readonly RewrappableColumn[];
  readonly keys: Keyring;
  readonly maskFor: (spec: MaskSpec) => (value: string) => unknown;
  /** One for each of the columns. */
  readonly tallies: readonly RewrapTally[];
}

/** The rows of a table: some blocks of its file after the other. */
export function createRowsPlace(work: RewrapWork, options: RowsPlaceOptions): RewrapPlace {
  const { table, columns, tallies } = options;
  const renew = createRowRenewer(options);

  const pagesOf = (leaf: LeafTable, range: BlockRange): Pages<StoredRow, RenewedRow> => ({
    page: (after) => {
      const size = { maxRows: work.batchSize, maxBytes: BATCH_BYTES };
      return table.page(leaf, range, after?.place, size);
    },
    renew,
    replace: async (rows) => ({ done: await table.replace(leaf, rows) }),
  });

  /** What cannot be opened is only counted: that says the database. */
  const rewrapRange = async (leaf: LeafTable, range: BlockRange): Promise<void> => {
    let hasOpened = false;
    for (const { column, keyId, count } of await reading(work, () => table.census(leaf, range))) {
      if (keyId === null) tallies[column]?.leave("not_masked", null, count);
      else if (columns[column]?.openedKeyIds.includes(keyId)) hasOpened = true;
      else tallies[column]?.leave("key_not_held", keyId, count);
    }
    if (hasOpened) await rewrapPages(work, pagesOf(leaf, range));
  };

  return {
    tallies,
    pass: async (isFirst) => {
      const leaves = await reading(work, table.leaves);
      const allBlocks = leaves.reduce((sum, { blocks }) => sum + blocks, 0);
      let gone = 0;
      for (const leaf of leaves) {
        const step = leaf.hasRangeScans ? BLOCKS_AT_ONCE : FEWER_BLOCKS_AT_ONCE;
        for (let from = 0; from < leaf.blocks; from += step) {
          if (work.stop.aborted) return;
          const to = Math.min(from + step, leaf.blocks);
          await rewrapRange(leaf, { from, to });
          gone += to - from;
          if (isFirst) work.onProgress(gone / allBlocks);
        }
      }
    },
  };
}

/** What cannot be opened is counted and stays as it is. */
function createRowRenewer({
  columns,
  keys,
  maskFor,
  tallies,
}: RowsPlaceOptions): (row: StoredRow) => Promise<Renewal<RenewedRow> | undefined> {
  const ways = columns.map(({ column, companionColumn }) => ({
    unmask: createUnmask(column.mask, keys),
    mask: maskFor(column.mask),
    join: companionColumn === undefined ? undefined : maskFor(companionColumn.mask),
  }));

  return async (row) => {
    const cells: Cell[] = [];
    const newValues: (string | null)[] = [];
    const newCompanions: (string | null)[] = [];
    for (const [index, { unmask, mask, join }] of ways.entries()) {
      newValues.push(null);
      newCompanions.push(null);
      const [masked, tally] = [row.values[index] ?? null, tallies[index]];
      if (masked === null || tally === undefined) continue;
      const keyId = envelopeHead(masked)?.keyId ?? null;
      try {
        const value = await unmask(masked);
        const companion = join === undefined ? null : textOf(join(value));
        const isWanted = keyId === columns[index]?.wantedKeyId;
        if (isWanted && companion === (row.companions[index] ?? null)) continue;
        const renewed = isWanted ? null : textOf(mask(value));
        [newValues[index], newCompanions[index]] = [renewed, companion];
        cells.push({ tally, keyId });
      } catch (error) {
        if (!(error instanceof MaskError)) throw error;
        tally.leave(error.code, keyId);
      }
    }
    return cells.length === 0 ? undefined : { written: { ...row, newValues, newCompanions }, cells };
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
