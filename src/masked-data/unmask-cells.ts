import type { MaskSpec } from "../masking/index.js";
import { createUnmaskPage, type UnmaskMeans } from "./unmask-column.js";
import type { Unmasked, UnmaskFailure } from "./unmask-outcome.js";
import type { UnmaskTally } from "./unmask-report.js";

/** A cell that could not be unmasked. */
export interface ColumnFailure extends UnmaskFailure {
  readonly column: string;
}

/** A column of a table, by its place in a row, and how it was masked. */
export interface MaskedCellColumn {
  readonly name: string;
  readonly index: number;
  readonly mask: MaskSpec;
}

interface UnmaskedCells<Cell> {
  /** The same rows, with these columns in the clear; what could not be unmasked is as it was. */
  readonly cells: readonly (readonly (Cell | string)[])[];
  /** Of each row. */
  readonly failures: readonly (readonly ColumnFailure[])[];
}

/** Unmasks some columns of rows, and counts them in the end. Empty cells and what is no text stay. */
export type CellUnmasker = <Cell>(
  rows: readonly (readonly Cell[])[],
  tally: UnmaskTally,
) => Promise<UnmaskedCells<Cell>>;

/** Throws UsageError `mask_irreversible`. */
export function createCellUnmasker(columns: readonly MaskedCellColumn[], means: UnmaskMeans): CellUnmasker {
  const unmaskers = columns.map(({ name, index, mask }) => ({
    name,
    index,
    unmask: createUnmaskPage(mask, means),
  }));
  return async <Cell>(rows: readonly (readonly Cell[])[], tally: UnmaskTally) => {
    const cells: (Cell | string)[][] = rows.map((row) => [...row]);
    const failures: ColumnFailure[][] = rows.map(() => []);
    const all: Unmasked[] = [];
    for (const { name, index, unmask } of unmaskers) {
      const places: number[] = [];
      const masked: string[] = [];
      cells.forEach((row, place) => {
        const cell = row[index];
        if (typeof cell !== "string" || cell === "") return;
        places.push(place);
        masked.push(cell);
      });
      const outcomes = await unmask(masked);
      all.push(...outcomes);
      outcomes.forEach((outcome, position) => {
        const place = places[position] ?? 0;
        const row = cells[place];
        if ("failure" in outcome) failures[place]?.push({ column: name, ...outcome.failure });
        else if (row !== undefined) row[index] = outcome.value;
      });
    }
    for (const outcome of all) tally.note(outcome);
    return { cells, failures };
  };
}
