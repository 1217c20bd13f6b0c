import { isDatabaseGiven } from "../../config/database-given.js";
import { resolveSettings, type Settings } from "../../config/resolve.js";
import { unmaskCsv } from "../../masked-data/unmask-csv.js";
import type { UnmaskReport } from "../../masked-data/unmask-report.js";
import { type UnmaskedRow, unmaskRows } from "../../masked-data/unmask-rows.js";
import type { UnmaskOptions } from "../../masked-data/unmask-run.js";
import { unmaskValues } from "../../masked-data/unmask-values.js";
import type { Command, CommandInput, CommonFlags } from "../context.js";
import { exitCodeOfUnmask } from "../exit-code.js";
import { checkUnmaskArguments } from "../flags/unmask.js";
import { inputLines } from "../input-lines.js";
import { readStdin } from "../stdin.js";
import { printable } from "../terminal/printable.js";
import { createFailureLines, type FailureLines } from "../terminal/unmask-failures.js";
import { createJsonList, type JsonList } from "../terminal/unmask-json.js";
import { rowHeader, rowLines, valueLines } from "../terminal/unmask-text.js";
import { createWriter } from "../writer.js";

export interface UnmaskFlags extends CommonFlags {
  readonly values: readonly string[];
  readonly as?: string;
  readonly column?: readonly string[];
  readonly where?: string;
  readonly limit?: number;
}

/** What one way of unmasking gets to work with. */
interface Work extends CommandInput<UnmaskFlags> {
  readonly settings: Settings;
  readonly options: UnmaskOptions;
  readonly write: (chunk: string | Uint8Array) => Promise<boolean>;
  readonly look: { readonly isTty: boolean };
  readonly failures: FailureLines;
  /** The document, with `--json`. */
  readonly list: JsonList | undefined;
}

export const unmaskCommand: Command<UnmaskFlags> = async (input) => {
  const { flags, context, log } = input;
  const { env, cwd, clock, signals, stdout } = context;
  checkUnmaskArguments(flags);
  const database = flags.where !== undefined || isDatabaseGiven(flags.database, env);
  const settings = await resolveSettings({
    flags,
    env,
    cwd,
    stop: signals.stop,
    needs: { database, key: "if-given", pipelines: "table" },
  });
  for (const notice of settings.notices) log.warn(notice);
  if (!database)
    log.info("no database is given: tokens stay as they are, and nothing is written to the unmask log");

  const look = { isTty: stdout.isTTY === true };
  const write = createWriter(stdout);
  const failures = createFailureLines(log.error);
  const list =
    flags.json === true ? createJsonList(flags.where === undefined ? "values" : "rows", look) : undefined;
  const { stop, kill } = signals;
  const options = { onNotice: log.warn, onError: log.trace, stop, kill, env, clock };
  // Standard input that is not read to its end would keep the process: whoever reads it closes it.
  const report = await wayOf(flags)({ ...input, settings, options, write, look, failures, list });

  failures.end();
  if (list !== undefined) await write(list.end(report));
  if (report.error !== undefined) log.error(report.error.message);
  return exitCodeOfUnmask(report, signals);
};

function wayOf({ column, where }: UnmaskFlags): (work: Work) => Promise<UnmaskReport> {
  if (column !== undefined) return (work) => unmaskColumns(work, column);
  return where === undefined ? unmaskList : (work) => unmaskTable(work, where);
}

function unmaskList(work: Work): Promise<UnmaskReport> {
  const { values } = work.flags;
  if (values.length > 0) return unmaskPages(work, "arguments", pageOf(values));
  const { stdin } = work.context;
  const instead =
    'pipe masked values, such as psql -At -c "select ..." | sqs2pg unmask, or give them as arguments';
  const lines = inputLines(readStdin(stdin, instead), { invalid: "replace" });
  return unmaskPages(work, "stdin", lines).finally(() => stdin.destroy());
}

async function* pageOf(values: readonly string[]): AsyncGenerator<readonly string[]> {
  yield values;
}

function unmaskPages(
  { flags, settings, options, write, look, failures, list }: Work,
  source: "arguments" | "stdin",
  pages: AsyncIterable<readonly string[]>,
): Promise<UnmaskReport> {
  const place = source === "stdin" ? "line" : "argument";
  let count = 0;
  return unmaskValues(settings, {
    ...options,
    source,
    as: flags.as,
    pages,
    onPage: (page) => {
      for (const { error } of page) {
        count += 1;
        if (error !== null) failures.note(`${place} ${count}`, error);
      }
      return write(list === undefined ? valueLines(page, look) : list.items(page));
    },
  });
}

function unmaskColumns(
  { flags, context, settings, options, write, look, failures }: Work,
  columns: readonly string[],
): Promise<UnmaskReport> {
  const { stdin } = context;
  return unmaskCsv(settings, {
    ...options,
    columns,
    as: flags.as,
    input: readStdin(stdin, "pipe a CSV with a header row into it, such as psql --csv writes"),
    write,
    onFailure: (row, failure) => failures.note(`row ${row}, column ${failure.column}`, failure),
    ...(look.isTty ? { show: printable } : {}),
  }).finally(() => stdin.destroy());
}

function unmaskTable(
  { flags, settings, options, write, look, failures, list }: Work,
  where: string,
): Promise<UnmaskReport> {
  const names = settings.pipeline.columns.map(({ name }) => name);
  let count = 0;
  const text = (page: readonly UnmaskedRow[], isFirst: boolean): string =>
    list === undefined
      ? (isFirst ? rowHeader(names, look) : "") + rowLines(page, look)
      : list.items(page.map((row) => rowDocument(names, row)));
  return unmaskRows(settings, {
    ...options,
    where,
    limit: flags.limit,
    onPage: (page) => {
      const isFirst = count === 0;
      for (const { failures: ofRow } of page) {
        count += 1;
        for (const failure of ofRow) failures.note(`row ${count}, column ${failure.column}`, failure);
      }
      return write(text(page, isFirst));
    },
  });
}

/** A row in the document. */
function rowDocument(names: readonly string[], { values, failures }: UnmaskedRow): object {
  return { values: Object.fromEntries(names.map((name, index) => [name, values[index]])), errors: failures };
}
