import type { Settings } from "../config/resolve.js";
import { UsageError } from "../errors.js";
import { quoted } from "../quoted.js";
import { unlessStopped } from "../unless-stopped.js";
import { type ColumnFailure, createCellUnmasker } from "./unmask-cells.js";
import { type ReversibleColumn, reversibleColumn } from "./unmask-columns.js";
import { type CsvRecord, cellWith, contentOf, decoded, encoded, openCsv } from "./unmask-csv-format.js";
import { untilStopped } from "./unmask-pages.js";
import type { UnmaskReport } from "./unmask-report.js";
import { type UnmaskOptions, withUnmaskSession } from "./unmask-run.js";

export interface UnmaskCsvOptions extends UnmaskOptions {
  /** CSV with commas and a header row. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Names in the header: of the pipeline's columns, unless `as` says otherwise. */
  readonly columns: readonly string[];
  /** The pipeline's column that all of them are from. */
  readonly as?: string | undefined;
  /** Gets the whole CSV, page by page; it resolves to false when nobody wants more. */
  readonly write: (chunk: Buffer) => Promise<boolean>;
  /** Is told of each cell that could not be unmasked; it is written as it was. `row`: from 1, without the header. */
  readonly onFailure: (row: number, failure: ColumnFailure) => void;
  /** What a cell is to look like, for a terminal; as it is, unless it is given. */
  readonly show?: ((content: string) => string) | undefined;
}

/**
 * Copies a CSV with some of its columns in the clear; every other byte of it stays. Streaming: memory does not grow with
 * it. It is written to the unmask log before the first byte is handed out. What goes wrong before that is thrown
 * (`UsageError`, `DatabaseError`, `InterruptedError`); after that it is in the report.
 */
export async function unmaskCsv(settings: Settings, options: UnmaskCsvOptions): Promise<UnmaskReport> {
  const { pipeline } = settings;
  const { columns, as, write, onFailure, show } = options;
  const named = [...new Set(columns)].map((name) => ({
    name,
    column:
      as === undefined
        ? reversibleColumn(pipeline, name, "--column")
        : reversibleColumn(pipeline, as, "--as"),
  }));
  return withUnmaskSession(settings, options, async ({ means, stop, run }) => {
    const opening = openCsv(options.input);
    const csv = await unlessStopped(opening, stop, "interrupted before the first row: nothing was unmasked");
    const header = csv.header.cells.map((cell) => decoded(contentOf(cell)));
    const places = named.map(({ name }) => placeOf(header, name));
    const unmaskCells = createCellUnmasker(
      named.map(({ name, column }, index) => ({ name, index, mask: column.mask })),
      means,
    );
    const recordText = ({ cells, ending }: CsvRecord): string => {
      const shown = show === undefined ? cells : cells.map((cell) => shownCell(cell, show));
      return shown.join(",") + ending;
    };

    const unmaskPage = async (page: readonly CsvRecord[], tally: Parameters<typeof unmaskCells>[1]) => {
      const masked = page.map(({ cells }) => places.map((place) => contentOf(cells[place] ?? "")));
      const { cells: clear, failures } = await unmaskCells(masked, tally);
      const text = page.map((record, row) => recordText(withClear(record, places, masked[row], clear[row])));
      return { chunk: Buffer.from(text.join(""), "latin1"), failures };
    };

    return run({ source: "csv", filter: null }, distinct(named), async (tally) => {
      const head = Buffer.from(csv.mark + recordText(csv.header), "latin1");
      if (!(await unlessStopped(write(head), stop))) return "reader";
      let row = 0;
      for await (const page of untilStopped(csv.pages, stop)) {
        const { chunk, failures } = await unmaskPage(page, tally);
        for (const ofRow of failures) {
          row += 1;
          for (const failure of ofRow) onFailure(row, failure);
        }
        if (!(await unlessStopped(write(chunk), stop))) return "reader";
      }
      return "done";
    });
  });
}

/** The record with its masked cells replaced where they differ. */
function withClear(
  record: CsvRecord,
  places: readonly number[],
  masked: readonly string[] = [],
  clear: readonly string[] = [],
): CsvRecord {
  const cells = [...record.cells];
  places.forEach((place, index) => {
    const [cell, content] = [cells[place], clear[index]];
    if (cell === undefined || content === undefined || content === masked[index]) return;
    cells[place] = cellWith(encoded(content), cell);
  });
  return { ...record, cells };
}

function shownCell(cell: string, show: (content: string) => string): string {
  return cell === "" ? "" : cellWith(encoded(show(decoded(contentOf(cell)))), cell);
}

/** Throws UsageError `csv_column_missing` and `csv_column_repeated`; without a header row its names may be values. */
function placeOf(header: readonly string[], name: string): number {
  const index = header.indexOf(name);
  if (index === -1) {
    throw new UsageError(
      "csv_column_missing",
      `the first row of the CSV has no column ${quoted(name)}: it must be a header row, with commas between the names`,
    );
  }
  if (header.includes(name, index + 1)) {
    throw new UsageError(
      "csv_column_repeated",
      `the CSV has two columns ${quoted(name)}: rename one of them`,
    );
  }
  return index;
}

function distinct(named: readonly { readonly column: ReversibleColumn }[]): ReversibleColumn[] {
  return [...new Set(named.map(({ column }) => column))];
}
