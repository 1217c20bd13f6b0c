import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type CsvRecord,
  cellWith,
  contentOf,
  csvCell,
  decoded,
  encoded,
  openCsv,
} from "../../../src/masked-data/unmask-csv-format.js";
import { usageErrorFrom } from "./unmask-support.js";

/** The bytes in chunks that end at these places. */
async function* chunksOf(bytes: Uint8Array, ends: readonly number[] = []): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const end of [...ends].sort((one, other) => one - other)) {
    yield bytes.subarray(start, Math.max(start, end));
    start = Math.max(start, end);
  }
  yield bytes.subarray(start);
}

async function read(
  bytes: Uint8Array,
  ends?: readonly number[],
): Promise<{ readonly mark: string; readonly records: readonly CsvRecord[] }> {
  const { mark, header, pages } = await openCsv(chunksOf(bytes, ends));
  const records = [header];
  for await (const page of pages) records.push(...page);
  return { mark, records };
}

const contents = (records: readonly CsvRecord[]): string[][] =>
  records.map(({ cells }) => cells.map((cell) => decoded(contentOf(cell))));
const written = ({ mark, records }: Awaited<ReturnType<typeof read>>): Buffer =>
  Buffer.from(mark + records.map(({ cells, ending }) => cells.join(",") + ending).join(""), "latin1");

/** Texts full of what a CSV has to quote. */
const nasty = fc.string({
  unit: fc.constantFrom("a", "é", "😀", ",", '"', "\n", "\r", "\r\n", " ", "\\", "\ufeff"),
  maxLength: 8,
});
const table = fc
  .integer({ min: 1, max: 5 })
  .chain((width) => fc.array(fc.array(nasty, { minLength: width, maxLength: width }), { minLength: 1 }));
const lineBreak = fc.constantFrom("\n", "\r\n");

describe("reading", () => {
  test("what csv-parse reads, and every byte as it was, in whatever chunks it comes", async () => {
    const property = fc.asyncProperty(
      table,
      lineBreak,
      fc.boolean(),
      fc.boolean(),
      fc.array(fc.nat(200)),
      async (rows, end, withMark, endsWithBreak, ends) => {
        const text = rows.map((row) => row.map(csvCell).join(",")).join(end) + (endsWithBreak ? end : "");
        const bytes = Buffer.from((withMark ? "\ufeff" : "") + text, "utf8");
        const found = await read(bytes, ends);
        const options = { bom: true, record_delimiter: ["\r\n", "\n"], relax_column_count: true };
        expect(contents(found.records)).toEqual(parse(bytes, options));
        expect(contents(found.records)).toEqual(rows);
        expect(written(found)).toEqual(bytes);
      },
    );
    await fc.assert(property, { numRuns: 500 });
  });

  test("any bytes at all, unless a quote is left open", async () => {
    const bytes = fc.array(fc.constantFrom(0x22, 0x2c, 0x0a, 0x0d, 0x61, 0xe9, 0x00), { minLength: 1 });
    const property = fc.asyncProperty(bytes, fc.array(fc.nat(30)), async (list, ends) => {
      const given = Buffer.from(list);
      if (list.filter((byte) => byte === 0x22).length % 2 === 1) {
        expect((await usageErrorFrom(() => read(given, ends))).code).toBe("csv_invalid");
      } else expect(written(await read(given, ends))).toEqual(given);
    });
    await fc.assert(property, { numRuns: 500 });
  });

  test("line breaks of both kinds in one file, and those of an old Mac", async () => {
    const mixed = await read(Buffer.from("a,b\r\n1,2\n3,4\r\n5,6"));
    expect(contents(mixed.records)).toEqual([
      ["a", "b"],
      ["1", "2"],
      ["3", "4"],
      ["5", "6"],
    ]);
    expect(mixed.records.map(({ ending }) => ending)).toEqual(["\r\n", "\n", "\r\n", ""]);
    const mac = await read(Buffer.from('a,b\r"1\r",2\r'), [4, 5]);
    expect(contents(mac.records)).toEqual([
      ["a", "b"],
      ["1\r", "2"],
    ]);
  });

  test("a carriage return that a chunk ends with", async () => {
    const { records } = await read(Buffer.from("a,b\r\n1,2\r\n"), [4]);
    expect(records.map(({ ending }) => ending)).toEqual(["\r\n", "\r\n"]);
  });

  test("rows of other lengths, and empty ones", async () => {
    const { records } = await read(Buffer.from("a,b\n1\n\n1,2,3\n"));
    expect(contents(records)).toEqual([["a", "b"], ["1"], [""], ["1", "2", "3"]]);
  });

  test("in pages of 1,000", async () => {
    const csv = await openCsv(chunksOf(Buffer.from(`a\n${"1\n".repeat(2_500)}`)));
    const sizes: number[] = [];
    for await (const page of csv.pages) sizes.push(page.length);
    expect(sizes).toEqual([999, 1_000, 501]);
  });
});

describe("what cannot be read", () => {
  test.for([
    ["nothing", "", "csv_empty"],
    ["UTF-16", "\ufeffa,b\n", "csv_encoding"],
  ] as const)("%s", async ([, text, code]) => {
    const bytes = Buffer.from(text, "utf16le");
    expect((await usageErrorFrom(() => read(bytes))).code).toBe(code);
  });

  test("a quote that is left open: which row, and nothing of it", async () => {
    const error = await usageErrorFrom(() => read(Buffer.from('a,b\n1,2\n3,"canary')));
    expect(error).toMatchObject({
      code: "csv_invalid",
      message: "row 2 of the CSV has a quote that is not closed",
    });
    const inHeader = await usageErrorFrom(() => read(Buffer.from('"a,b\n')));
    expect(inHeader.message).toBe("the header row of the CSV has a quote that is not closed");
  });

  test("a record without an end: memory is bounded", async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a\n"');
      for (;;) yield Buffer.alloc(1024 * 1024, "x");
    }
    const error = await usageErrorFrom(async () => {
      const { pages } = await openCsv(endless());
      for await (const _ of pages);
    });
    expect(error.message).toBe("row 1 of the CSV is too large: a quote may not be closed");
  });
});

describe("cells", () => {
  test("a quoted cell stays quoted, and an empty text is not NULL", () => {
    expect(cellWith("b", '"a"')).toBe('"b"');
    expect(cellWith("b", "a")).toBe("b");
    expect(cellWith('x,"y"', "a")).toBe('"x,""y"""');
    expect(csvCell("")).toBe('""');
    expect(csvCell("\\.")).toBe('"\\."');
    expect(csvCell(" a")).toBe('" a"');
  });

  test("quotes in the wrong place are a part of the text", () => {
    expect(['a"b"', '"a"b', '"a""', '"'].map(contentOf)).toEqual(['a"b"', '"a"b', '"a""', '"']);
  });

  test("bytes of any encoding", () => {
    expect(decoded(encoded("é😀"))).toBe("é😀");
  });
});
