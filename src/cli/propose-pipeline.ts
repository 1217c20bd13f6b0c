import { isDatabaseGiven } from "../config/database-given.js";
import { databaseNotices } from "../config/database-notices.js";
import { readDatabase } from "../config/database-source.js";
import { parsePipeline } from "../config/parse-pipeline.js";
import { InterruptedError, UsageError } from "../errors.js";
import { type InitResult, init } from "../init/init.js";
import { migrationEnding, migrationName, writeMigration } from "../init/write-migration.js";
import { writePipeline } from "../init/write-pipeline.js";
import type { ConnectionSettings } from "../loader/connection-settings.js";
import { askYesNo, canAsk } from "./ask.js";
import type { CommandInput, CommonFlags, Context } from "./context.js";
import { EXIT } from "./exit-code.js";
import { initDocument } from "./init-document.js";
import {
  type InitPlaces,
  migrationPath,
  migrationsBeside,
  type NewFile,
  refuseExisting,
  writeFiles,
} from "./init-files.js";
import type { Log } from "./log.js";
import { jsonText, outputFor } from "./output.js";
import { schemaUrl } from "./schema-url.js";
import { renderInitEnd } from "./terminal/init-end.js";
import { renderInit } from "./terminal/init-table.js";

export interface ProposeFlags extends CommonFlags {
  readonly table?: string;
  readonly max: number;
  readonly out: string;
  readonly migrations?: string;
  readonly yes?: boolean;
  readonly force?: boolean;
}

/** Proposes a pipeline for a queue; writes it, or prints it where there is nobody to ask and nobody has said yes. */
export async function proposePipeline({ flags, context, log }: CommandInput<ProposeFlags>): Promise<number> {
  const { cwd, env, clock, signals } = context;
  const queue = queueOf(flags, env);
  const places: InitPlaces = {
    cwd,
    out: flags.out,
    migrations: flags.migrations ?? migrationsBeside(flags.out),
    force: flags.force === true,
  };
  const asks = flags.yes !== true && flags.json !== true && canAsk(context);
  const writes = flags.yes === true || asks;
  // Said before a message is received: a look is not free.
  if (writes) refuseExisting(places);

  const result = await init({
    queue,
    table: flags.table,
    max: flags.max,
    ...databaseOf(flags, env, log),
    env,
    clock,
    stop: signals.stop,
    kill: signals.kill,
    onWarning: log.warn,
  });
  if (signals.stop.aborted) throw new InterruptedError("interrupted: nothing was written");
  // What is not written is in nobody's way.
  const files = await filesOf(result, writes ? places : { ...places, force: true }, clock.now());
  return conclude({ flags, context, log }, result, files, places, asks);
}

/** No default: the queue of the built-in pipeline has a pipeline already. */
function queueOf({ queue }: ProposeFlags, env: Context["env"]): string {
  const found = queue ?? env["SQS2PG_QUEUE"];
  if (found !== undefined && found.trim() !== "") return found;
  throw new UsageError("queue_missing", "init looks at a queue: name it by --queue or SQS2PG_QUEUE");
}

interface InitDatabase {
  readonly database?: ConnectionSettings;
  readonly isDatabaseOptional?: boolean;
}

function databaseOf(flags: ProposeFlags, env: Context["env"], log: Log): InitDatabase {
  if (!isDatabaseGiven(flags.database, env)) return {};
  const found = readDatabase(flags.database, env, flags.databaseAuth);
  for (const notice of databaseNotices(found, env)) log.warn(notice);
  return { database: { ...found, env }, isDatabaseOptional: flags.database === undefined };
}

interface InitFiles {
  readonly pipeline: NewFile;
  readonly migration: NewFile | undefined;
}

async function filesOf(
  { proposal, tableExists }: InitResult,
  places: InitPlaces,
  nowMs: number,
): Promise<InitFiles> {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  const text = writePipeline(proposal, { schemaUrl: schemaUrl(places.cwd, places.out), day });
  await checkPipeline(text);
  const pipeline = { path: places.out, text };
  if (tableExists) return { pipeline, migration: undefined };
  const path = await migrationPath(migrationName(proposal, nowMs), migrationEnding(proposal), places);
  return { pipeline, migration: { path, text: writeMigration(proposal) } };
}

/** What was written by this program is read by it, too: a mistake in it would be found here, by nobody's data. */
async function checkPipeline(text: string): Promise<void> {
  const { readYaml } = await import("../config/read-yaml.js");
  const { raw, ...place } = readYaml(text, { source: "the proposed pipeline", env: {} });
  parsePipeline(raw, place);
}

async function conclude(
  { flags, context }: CommandInput<ProposeFlags>,
  result: InitResult,
  { pipeline, migration }: InitFiles,
  places: InitPlaces,
  asks: boolean,
): Promise<number> {
  const { stdout, stderr, env } = context;
  const files = migration === undefined ? [pipeline] : [pipeline, migration];
  const names = files.map(({ path }) => path);
  const text = (stream: NodeJS.WriteStream): string => {
    const { style, terminal } = outputFor(stream, flags, env);
    return renderInit(result, { style, columns: terminal.columns });
  };

  if (flags.json === true) {
    if (flags.yes === true) await writeFiles(files, places);
    const texts = {
      pipeline: pipeline.text,
      migration: migration === undefined ? null : { file: migration.path, text: migration.text },
      written: flags.yes === true ? names : [],
    };
    stdout.write(jsonText(initDocument(result, texts), stdout));
    return EXIT.done;
  }
  if (flags.yes !== true && !asks) {
    if (flags.quiet !== true) stderr.write(`${text(stderr)}\n${NOT_WRITTEN}\n`);
    stdout.write(pipeline.text);
    return EXIT.done;
  }
  stdout.write(`${text(stdout)}\n`);
  if (asks && !(await askYesNo(`Write ${names.join(" and ")}?`, context))) {
    stdout.write("Nothing was written\n");
    return EXIT.done;
  }
  await writeFiles(files, places);
  const { style, terminal } = outputFor(stdout, flags, env);
  const needsKey = result.proposal.columns.some(({ mask }) => mask?.strategy === "hmac-sha256");
  const isQueueElsewhere = !["", result.proposal.queue].includes(env["SQS2PG_QUEUE"] ?? "");
  const end = { written: names, pipelineFile: places.out, needsKey, isQueueElsewhere };
  stdout.write(renderInitEnd(end, { style, columns: terminal.columns }));
  return EXIT.done;
}

const NOT_WRITTEN =
  "Nothing was written: this is no terminal, so the pipeline is on standard output. --yes writes it, and the table's migration";
