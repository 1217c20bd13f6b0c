import { ConfigError, type ConfigProblem } from "../errors.js";
import { readColumn } from "./column.js";
import { parseTable } from "./identifier.js";
import { readCompanion } from "./mask.js";
import type { Column, Pipeline } from "./pipeline.js";
import { isMap, take } from "./reading.js";
import type { PipelineConfig } from "./schema.js";
import { DEFAULT_SCHEMA, schemaNameProblem } from "./schema-name.js";
import { noteStructure, pathText } from "./structure.js";

/** https://www.postgresql.org/docs/current/limits.html */
const MOST_COLUMNS = 1600;

/** Everything that a pipeline file says. */
interface PipelineFile {
  readonly pipeline: Pipeline;
  /** The schema of the bookkeeping tables. */
  readonly bookkeepingSchema: string;
}

interface ParseOptions {
  /** What errors call it, such as the file's name. */
  readonly source: string;
  /** Goes before the queue that the file names. */
  readonly queue?: string | undefined;
}

/** Types and completes a pipeline that is written in code; it is checked when it is used. */
export function defineConfig<const Config extends PipelineConfig>(config: Config): Config {
  return config;
}

/**
 * Untrusted input -> a pipeline that the rest of the program trusts. Throws ConfigError with everything that is wrong
 * with it, each problem with its path.
 */
export function parsePipeline(raw: unknown, options: ParseOptions): PipelineFile {
  const problems: ConfigProblem[] = [];
  const note = (path: string, message: string): void => {
    problems.push({ path, message });
  };
  noteStructure(raw, note);
  const file = isMap(raw) ? raw : {};

  const queue = options.queue ?? file["queue"];
  if (isMap(raw) && queue === undefined)
    note("queue", "is missing: set it here, by --queue or by SQS2PG_QUEUE");
  const table = file["table"];
  const target = take(typeof table === "string" ? parseTable(table) : undefined, (said) =>
    note("table", said),
  );
  const bookkeepingSchema = typeof file["schema"] === "string" ? file["schema"] : DEFAULT_SCHEMA;
  const wrongSchema = schemaNameProblem(bookkeepingSchema);
  if (wrongSchema !== undefined) note("schema", wrongSchema);
  const columns = readColumns(file["columns"], note);

  if (problems.length > 0 || typeof queue !== "string" || target === undefined) {
    throw new ConfigError(options.source, inFileOrder(problems, file["columns"]));
  }
  return { pipeline: { queue, table: target, columns }, bookkeepingSchema };
}

/** What concerns the file as a whole first, then column by column. */
function inFileOrder(problems: readonly ConfigProblem[], columns: unknown): ConfigProblem[] {
  const bases = Object.keys(isMap(columns) ? columns : {}).map((name) => pathText(["columns", name]));
  const rank = ({ path }: ConfigProblem): number =>
    bases.findIndex((base) => path === base || path.startsWith(`${base}.`));
  return problems.toSorted((one, other) => rank(one) - rank(other));
}

function readColumns(raw: unknown, note: (path: string, message: string) => void): Column[] {
  if (!isMap(raw)) return [];
  const entries = Object.entries(raw);
  const companions = new Set<string>();
  if (entries.length === 0) note("columns", "needs at least one column");
  if (entries.length > MOST_COLUMNS)
    note("columns", `a PostgreSQL table has at most ${MOST_COLUMNS} columns`);
  return entries.flatMap(([name, column]) => {
    const base = pathText(["columns", name]);
    // Structure checks pass over this key, so what stands under it would go unchecked.
    if (name === "__proto__") note(base, "cannot be the name of a column here");
    const noteHere = (path: string, message: string): void =>
      note(path === "" ? base : `${base}.${path}`, message);
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
