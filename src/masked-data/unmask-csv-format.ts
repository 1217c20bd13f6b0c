import { UsageError } from "../errors.js";

/**
 * A record of a CSV as it was written, quotes and all. Each character stands for a byte, so that texts in any encoding go
 * through unchanged.
 */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** Its line break; empty at the end of a file without one. */
  readonly ending: string;
}

/** A CSV that is being read. */
export interface CsvSource {
  /** What stands before the header: a byte order mark, or nothing. */
  readonly mark: string;
  readonly header: CsvRecord;
  /** The records behind the header, in pages of up to 1,000. Throws UsageError `csv_invalid`. */
  readonly pages: AsyncIterable<readonly CsvRecord[]>;
}

/** Of a single record, in bytes; a larger one has lost a quote. */
const LONGEST_RECORD = 16 * 1024 * 1024;
const PAGE_RECORDS = 1_000;

const UTF8_MARK = "\u00ef\u00bb\u00bf";
const UTF16_MARK = /^(?:\u00ff\u00fe|\u00fe\u00ff)/;

/**
 * Reads a CSV (RFC 4180, with commas) as a stream. Throws UsageError `csv_empty`, `csv_encoding` and `csv_invalid`, whose
 * messages hold nothing of it.
 */
export async function openCsv(input: AsyncIterable<Uint8Array>): Promise<CsvSource> {
  const records = recordPages(input);
  const first = await records.next();
  const [header, ...rest] = first.done === true ? [] : first.value;
  if (header === undefined) throw new UsageError("csv_empty", "the CSV is empty: it needs a header row");
  const [name = "", ...names] = header.cells;
  if (UTF16_MARK.test(name)) {
    throw new UsageError("csv_encoding", "the CSV is in UTF-16: convert it to UTF-8 first");
  }
  const mark = name.startsWith(UTF8_MARK) ? UTF8_MARK : "";
  return {
    mark,
    header: { ...header, cells: [name.slice(mark.length), ...names] },
    pages: behind(rest, records),
  };
}

async function* behind(
  rest: readonly CsvRecord[],
  pages: AsyncIterable<readonly CsvRecord[]>,
): AsyncGenerator<readonly CsvRecord[]> {
  if (rest.length > 0) yield rest;
  yield* pages;
}

async function* recordPages(input: AsyncIterable<Uint8Array>): AsyncGenerator<readonly CsvRecord[]> {
  const splitter = createRecordSplitter();
  for await (const { buffer, byteOffset, byteLength } of input) {
    yield* inPages(splitter.push(Buffer.from(buffer, byteOffset, byteLength).toString("latin1")));
  }
  yield* inPages(splitter.end());
}

function* inPages(records: readonly CsvRecord[]): Generator<readonly CsvRecord[]> {
  for (let start = 0; start < records.length; start += PAGE_RECORDS) {
    yield records.slice(start, start + PAGE_RECORDS);
  }
}

interface RecordSplitter {
  /** The records that are whole by now. */
  push(text: string): CsvRecord[];
  /** What is left. */
  end(): CsvRecord[];
}

/**
 * Cuts text into records at the line breaks outside of quotes: LF, whether or not behind a CR; or CR, where the first one
 * is a CR alone. A quote begins or ends what is quoted wherever it stands, as for PostgreSQL.
 */
function createRecordSplitter(): RecordSplitter {
  let pending = "";
  /** Everything before it has been looked at. */
  let from = 0;
  let isQuoted = false;
  let lineBreak: "\n" | "\r" | undefined;
  let count = 0;

  /** The next line break, at least up to the next quote. */
  const findBreak = (quote: number, isLast: boolean): number => {
    if (lineBreak !== undefined) return pending.indexOf(lineBreak, from);
    const found = pending.slice(from, quote === -1 ? undefined : quote).search(/[\r\n]/);
    if (found === -1) return -1;
    const index = from + found;
    // The second half of the line break may be still to come.
    if (pending[index] === "\r" && index + 1 === pending.length && !isLast) return -1;
    lineBreak = pending[index] === "\r" && pending[index + 1] !== "\n" ? "\r" : "\n";
    return pending.indexOf(lineBreak, index);
  };

  const cut = (isLast: boolean): CsvRecord[] => {
    const records: CsvRecord[] = [];
    let start = 0;
    let quote = pending.indexOf('"', from);
    for (;;) {
      if (quote !== -1 && quote < from) quote = pending.indexOf('"', from);
      if (isQuoted) {
        if (quote === -1) {
          from = pending.length;
          break;
        }
        from = quote + 1;
        isQuoted = false;
        continue;
      }
      const end = findBreak(quote, isLast);
      if (quote !== -1 && (end === -1 || quote < end)) {
        from = quote + 1;
        isQuoted = true;
        continue;
      }
      if (end === -1) {
        if (lineBreak !== undefined) from = pending.length;
        break;
      }
      records.push(recordOf(pending.slice(start, end), lineBreak ?? "\n"));
      start = end + 1;
      from = start;
    }
    pending = pending.slice(start);
    from -= start;
    count += records.length;
    if (pending.length > LONGEST_RECORD) throw invalid(count, "is too large: a quote may not be closed");
    return records;
  };

  return {
    push: (text) => {
      pending += text;
      return cut(false);
    },
    end: () => {
      const records = cut(true);
      if (isQuoted) throw invalid(count, "has a quote that is not closed");
      return pending === "" ? records : [...records, { cells: splitCells(pending), ending: "" }];
    },
  };
}

function invalid(recordsBefore: number, problem: string): UsageError {
  const which = recordsBefore === 0 ? "the header row of the CSV" : `row ${recordsBefore} of the CSV`;
  return new UsageError("csv_invalid", `${which} ${problem}`);
}

function recordOf(text: string, lineBreak: "\n" | "\r"): CsvRecord {
  return lineBreak === "\n" && text.endsWith("\r")
    ? { cells: splitCells(text.slice(0, -1)), ending: "\r\n" }
    : { cells: splitCells(text), ending: lineBreak };
}

function splitCells(record: string): string[] {
  const parts = record.split(",");
  if (!record.includes('"')) return parts;
  const cells: string[] = [];
  let open: string[] = [];
  let isQuoted = false;
  for (const part of parts) {
    open.push(part);
    if (part.split('"').length % 2 === 0) isQuoted = !isQuoted;
    if (isQuoted) continue;
    cells.push(open.join(","));
    open = [];
  }
  return cells;
}

/** What a cell says, without its quotes; a cell with quotes in the wrong place is taken as it is. */
export function contentOf(cell: string): string {
  return /^"(?:[^"]|"")*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell;
}

/** A cell that says something else, quoted if `cell` was, or if it has to be. */
export function cellWith(content: string, cell: string): string {
  return cell.startsWith('"') ? quoted(content) : csvCell(content);
}

/** A cell with this content: an empty one is quoted, since NULL is not. */
export function csvCell(content: string): string {
  return /^$|^\s|\s$|^\\\.$|[",\r\n]/.test(content) ? quoted(content) : content;
}

function quoted(content: string): string {
  return `"${content.replaceAll('"', '""')}"`;
}

/** The text of a cell's bytes, if it is UTF-8; and the bytes of a text. */
export function decoded(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

export function encoded(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
