import { ConfigError, type ConfigProblem } from "../errors.js";
import { noteEnvelopePaths, readBodyFormat } from "./body-format.js";
import type { ReadPipeline } from "./choose-pipeline.js";
import { readColumn } from "./column.js";
import { createConceal } from "./conceal.js";
import type { ConfigSource, FilledText } from "./config-source.js";
import { readConflict } from "./conflict.js";
import { readConstants } from "./constants.js";
import { withoutMasked } from "./exposure.js";
import { type RawPipeline, rawPipelines } from "./file-form.js";
import { inFileOrder } from "./file-order.js";
import { parseTable } from "./identifier.js";
import { readCompanion } from "./mask.js";
import { readMatch, readRecordsPath } from "./match.js";
import { pathText } from "./path-text.js";
import type { Column, Pipeline } from "./pipeline.js";
import { noteDisagreements } from "./queue-agreement.js";
import { isMap, type Note, take } from "./reading.js";
import { DEFAULT_SCHEMA, schemaNameProblem } from "./schema-name.js";
import { noteShownVariables } from "./shown-variables.js";

/** https://www.postgresql.org/docs/current/limits.html */
const MOST_COLUMNS = 1600;

/** Everything that a config file says. */
export interface PipelineFile {
  /** The first one. */
  readonly pipeline: Pipeline;
  readonly all: readonly [ReadPipeline, ...ReadPipeline[]];
  /** The schema of the bookkeeping tables. */
  readonly bookkeepingSchema: string;
}

export interface ParseOptions extends Omit<ConfigSource, "raw"> {
  /** Goes before the queues that the file names. */
  readonly queue?: string | undefined;
}

/**
 * Brings the variables in a config into the kind that their settings take, and notes everything in which it does not have
 * the structure of one. Answers the paths of settings of which there is nothing more to say.
 */
type CheckStructure = (raw: unknown, filled: readonly FilledText[], note: Note) => ReadonlySet<string>;

/**
 * What a config means. Throws ConfigError with everything that is wrong with it, each problem with its path, and its place
 * where the file has places. `checkStructure`: left out only for a config whose structure is known.
 */
export function readPipelines(
  raw: unknown,
  options: ParseOptions,
  checkStructure?: CheckStructure,
): PipelineFile {
  const { source, locate, filled = [] } = options;
  const problems: ConfigProblem[] = [...(options.problems ?? [])];
  const conceal = createConceal(filled);
  const unread = new Set(problems.map(({ path }) => path));
  const note: Note = (path, message, at) => {
    // What the file itself has wrong there is all that there is to say.
    if (unread.has(path)) return;
    const said = conceal(message, path);
    problems.push({ path, message: said, ...(locate === undefined ? {} : { place: locate(path, at) }) });
  };
  noteShownVariables(filled, note);
  for (const { path } of problems) unread.add(path);
  for (const path of checkStructure?.(raw, filled, note) ?? []) unread.add(path);

  const found = rawPipelines(raw, note);
  const read = found.map((one) => readPipeline(one, options.queue, note));
  noteDisagreements(found, note);
  const given = isMap(raw) ? raw["schema"] : undefined;
  const bookkeepingSchema = typeof given === "string" ? given : DEFAULT_SCHEMA;
  const wrongSchema = schemaNameProblem(bookkeepingSchema);
  if (wrongSchema !== undefined) note("schema", wrongSchema);

  const [first, ...rest] = read.filter((one) => one !== undefined);
  if (problems.length > 0 || first === undefined) throw new ConfigError(source, inFileOrder(problems, raw));
  return { pipeline: first.pipeline, all: [first, ...rest], bookkeepingSchema };
}

function readPipeline(
  one: RawPipeline,
  queueGiven: string | undefined,
  note: Note,
): ReadPipeline | undefined {
  const { raw: file, name } = one;
  const noteHere: Note = (path, message, at) =>
    note([one.path, path].filter((part) => part !== "").join("."), message, at);
  const queue = queueGiven ?? one.queue;
  if (queue === undefined) noteHere("queue", "is missing: set it here, by --queue or by SQS2PG_QUEUE");
  const table = file["table"];
  const target = take(typeof table === "string" ? parseTable(table) : undefined, (said) =>
    noteHere("table", said),
  );
  const body = readBodyFormat(file, noteHere);
  const records = readRecordsPath(file["records"], noteHere);
  const match = readMatch(file["match"], records !== undefined, noteHere);
  const columns = withoutMasked(readColumns(file["columns"], noteHere), records, (column, said) =>
    noteHere(`${pathText(["columns", column])}.from`, said),
  );
  const constants = readConstants(file, columns, noteHere);
  const conflict = readConflict(file, { columns, constants }, noteHere);
  noteEnvelopePaths([...columns, ...match], body, noteHere);
  if (typeof queue !== "string" || target === undefined) return undefined;
  const pipeline = {
    ...(name === undefined ? {} : { name }),
    ...{ queue, table: target, columns, constants, ...conflict },
    ...(records === undefined ? {} : { records }),
    ...{ match, body },
  };
  return { pipeline, fileQueue: typeof one.queue === "string" ? one.queue : undefined };
}

function readColumns(raw: unknown, note: Note): Column[] {
  if (!isMap(raw)) return [];
  const entries = Object.entries(raw);
  const companions = new Set<string>();
  if (entries.length === 0) note("columns", "needs at least one column");
  if (entries.length > MOST_COLUMNS) {
    note("columns", `a PostgreSQL table has at most ${MOST_COLUMNS} columns`);
    // Each is compared with every other one, and of so many nothing is to be loaded.
    return [];
  }
  return entries.flatMap(([name, column]) => {
    const base = pathText(["columns", name]);
    // Structure checks pass over this key, so what stands under it would go unchecked.
    if (name === "__proto__") note(base, "cannot be the name of a column here");
    const noteHere: Note = (path, message, at) => note(path === "" ? base : `${base}.${path}`, message, at);
    const read = readColumn(name, column, noteHere);
    if (read === undefined || !isMap(column)) return [];
    const companion = readCompanion(column, read, noteHere);
    if (companion === undefined) return [read];
    if (Object.hasOwn(raw, companion.name) || companions.has(companion.name)) {
      noteHere("mask.companion", "is the name of another column of the pipeline");
    }
    companions.add(companion.name);
    return [read, companion];
  });
}
