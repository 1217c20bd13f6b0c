import type { Settings } from "../config/resolve.js";
import { UsageError } from "../errors.js";
import { openMaskedRows } from "../loader/masked-rows.js";
import type { PlainValue } from "../row.js";
import { unlessStopped } from "../unless-stopped.js";
import { type CellUnmasker, type ColumnFailure, createCellUnmasker } from "./unmask-cells.js";
import { isReversible, reversibleColumns } from "./unmask-columns.js";
import type { UnmaskReport } from "./unmask-report.js";
import { type UnmaskOptions, withUnmaskSession } from "./unmask-run.js";

/** A row of the table, the columns of the pipeline in its order. */
export interface UnmaskedRow {
  /** A cell that could not be unmasked is as it is stored. */
  readonly values: readonly PlainValue[];
  readonly failures: readonly ColumnFailure[];
}

export interface UnmaskRowsOptions extends UnmaskOptions {
  /** A condition in SQL of the operator's own; it goes to the database as it is, in a transaction that may only read. */
  readonly where: string;
  /** Rows at the most. */
  readonly limit?: number | undefined;
  /** Gets every row; it resolves to false when nobody wants more. It is called once at least. */
  readonly onPage: (page: readonly UnmaskedRow[]) => Promise<boolean>;
}

/**
 * Shows rows of the pipeline's table with its reversible columns in the clear, and all others as they are stored. It is
 * written to the unmask log before the first row. What goes wrong before that is thrown (`UsageError`, `DatabaseError`,
 * `InterruptedError`); after that it is in the report.
 */
export async function unmaskRows(settings: Settings, options: UnmaskRowsOptions): Promise<UnmaskReport> {
  const { pipeline, bookkeepingSchema: schema } = settings;
  const { where, limit, onPage } = options;
  const { table, columns } = pipeline;
  const reversible = reversibleColumns(pipeline);
  return withUnmaskSession(settings, options, async ({ connection, means, stop, run }) => {
    if (connection === undefined) throw new UsageError("database_missing", "rows are in a database: give it");
    const opening = openMaskedRows(connection, { table, columns, schema, where, limit });
    const rows = await unlessStopped(opening, stop, "interrupted before the first row: nothing was unmasked");
    const unmaskCells: CellUnmasker = createCellUnmasker(
      columns.flatMap((column, index) =>
        isReversible(column) ? [{ name: column.name, index, mask: column.mask }] : [],
      ),
      means,
    );
    try {
      return await run({ source: "rows", filter: where }, reversible, async (tally) => {
        for (let read = 0; ; ) {
          const page = await unlessStopped(rows.next(), stop);
          const { cells, failures } = await unmaskCells(page, tally);
          const shown = cells.map((values, index) => ({ values, failures: failures[index] ?? [] }));
          read += page.length;
          const isWanted = page.length === 0 && read > 0 ? true : await unlessStopped(onPage(shown), stop);
          if (!isWanted) return "reader";
          if (page.length === 0) return read === limit ? "limit" : "done";
        }
      });
    } finally {
      const closed = rows.close();
      // A statement under way is cut off with its connection.
      if (!stop.aborted) await closed;
    }
  });
}
