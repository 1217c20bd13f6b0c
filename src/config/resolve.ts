import { ConfigError, type ConfigProblem, InterruptedError, Sqs2pgError, UsageError } from "../errors.js";
import { type Keyring, NO_KEYS, STRATEGIES } from "../masking/index.js";
import { type Choice, type ChosenPipelines, choosePipelines } from "./choose-pipeline.js";
import type { ConfigSource } from "./config-source.js";
import { databaseNotices } from "./database-notices.js";
import { type DatabaseSettings, readDatabase } from "./database-source.js";
import { usesMaskKey } from "./key-claims.js";
import { type Environment, readKeys } from "./key-source.js";
import { loadConfigFile } from "./load-file.js";
import { LOGIN_PIPELINE } from "./login.js";
import { withMaskInAll } from "./mask-override.js";
import { findMigrationsFolder, type MigrationsFolder } from "./migrations-folder.js";
import type { Pipeline } from "./pipeline.js";
import { type PipelineFile, readPipelines } from "./read-pipelines.js";
import type { ConfigFile } from "./schema.js";
import { exposureNotices } from "./shared-exposure.js";

/** The flags that several commands share, as they were given. */
export interface SettingFlags {
  readonly queue?: string | undefined;
  readonly database?: string | undefined;
  readonly databaseAuth?: string | undefined;
  readonly config?: string | undefined;
  /** The name of one of several pipelines. */
  readonly pipeline?: string | undefined;
  readonly key?: string | undefined;
  readonly mask?: string | undefined;
}

/** What a command cannot do without. */
export interface SettingNeeds {
  /** False: the database settings are not looked at. */
  readonly database: boolean;
  /**
   * `for-masks`: what the masks of the pipeline need. `to-seal`: besides, a masking key in any case. `to-open`: a masking
   * key in any case. `if-given`: whatever there is. `never`: the key settings are not looked at.
   */
  readonly key: "never" | "if-given" | "for-masks" | "to-seal" | "to-open";
  /** What is worked on, of which one has to be chosen where a file has several; a queue unless it is given. */
  readonly pipelines?: Choice["of"];
}

export interface ResolveOptions {
  readonly flags?: SettingFlags;
  /** A pipeline in code, or several: then no file is looked for. */
  readonly pipeline?: ConfigFile;
  /** `process.env` unless it is given. */
  readonly env?: Environment;
  /** Where `sqs2pg.yaml` is looked for; the working directory unless it is given. */
  readonly cwd?: string;
  /** What a drain needs, unless it is given. */
  readonly needs?: SettingNeeds;
  /** Aborted: keys that a command or KMS is to give are not waited for (`InterruptedError`). */
  readonly stop?: AbortSignal;
}

/** Everything that was asked for, checked. */
export interface Settings {
  /** The config file as it was named or found, or what stands in its place. */
  readonly configSource: string;
  /** The one that was chosen, with the queue and the masks that flags and environment put into it. */
  readonly pipeline: Pipeline;
  /** All those of its queue, which a run loads together, in the order of the file. */
  readonly pipelines: readonly [Pipeline, ...Pipeline[]];
  /** The schema of the bookkeeping tables. */
  readonly bookkeepingSchema: string;
  /** Undefined only where it was not needed. */
  readonly database: DatabaseSettings | undefined;
  /** The directory of the user's migrations beside the pipeline file, if there is one. */
  readonly migrations?: MigrationsFolder["folder"];
  /** Nothing is on it where no key was needed or given. */
  readonly keys: Keyring;
  /** One line each, for stderr: what works as asked for but may not be meant. */
  readonly notices: readonly string[];
}

const BUILT_IN = "the built-in login pipeline";

const DRAIN_NEEDS: SettingNeeds = { database: true, key: "for-masks" };

/**
 * Flag > environment > config file > default, for every setting. Throws one error with everything that is wrong: a
 * lone mistake as the UsageError or ConfigError that it is, several as a ConfigError with a problem each.
 */
export async function resolveSettings(options: ResolveOptions = {}): Promise<Settings> {
  const { flags = {}, env = process.env, cwd = process.cwd(), needs = DRAIN_NEEDS, stop } = options;
  const errors: Sqs2pgError[] = [];
  const attempt = async <Result>(step: () => Result | Promise<Result>): Promise<Result | undefined> => {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof Sqs2pgError) || error instanceof InterruptedError) throw error;
      errors.push(error);
      return undefined;
    }
  };

  const queue = await attempt(() => readQueue(flags.queue, env));
  const loaded = await attempt(async () => {
    const config = await configSource(options.pipeline, flags.config, { cwd, env });
    return { source: config.source, ...(await parsed(config, queue)) };
  });
  const chosen = await attempt(() => {
    const of = needs.pipelines ?? "queue";
    const name = pipelineName(flags.pipeline, env);
    return loaded === undefined
      ? undefined
      : choosePipelines(loaded.all, { name, of, source: loaded.source });
  });
  const run = await attempt(() => overrideMask(chosen, flags.mask));
  const database = await attempt(() =>
    needs.database ? readDatabase(flags.database, env, flags.databaseAuth) : undefined,
  );
  const keys = await attempt(async () => {
    if (needs.key === "never") return NO_KEYS;
    const found = await readKeys({ keyFlag: flags.key, env, stop });
    throwIfKeyMissing(found, needs, run?.pipelines ?? []);
    return found;
  });

  if (errors.length > 0 || loaded === undefined || run === undefined || keys === undefined)
    throw together(errors);
  const { pipeline, pipelines, fileQueue } = run;
  return {
    configSource: loaded.source,
    pipeline,
    pipelines,
    bookkeepingSchema: loaded.bookkeepingSchema,
    database,
    ...(options.pipeline === undefined ? migrationsBeside(flags.config, cwd) : {}),
    keys,
    notices: [
      ...queueNotices({ source: loaded.source, fileQueue }, flags, env),
      ...noticesOf(pipelines),
      ...(database === undefined ? [] : databaseNotices(database, env)),
    ],
  };
}

function migrationsBeside(config: string | undefined, cwd: string): Pick<Settings, "migrations"> {
  const { folder } = findMigrationsFolder({ config, cwd });
  return folder === undefined ? {} : { migrations: folder };
}

async function configSource(
  inCode: ConfigFile | undefined,
  path: string | undefined,
  around: { readonly cwd: string; readonly env: Environment },
): Promise<ConfigSource> {
  if (inCode !== undefined) return { raw: inCode, source: "the pipeline" };
  const file = await loadConfigFile({ path, ...around });
  return file ?? { raw: LOGIN_PIPELINE, source: BUILT_IN };
}

/** The structure of the built-in pipeline is known, and what checks one takes as long to load as all that a drain does with it. */
async function parsed(config: ConfigSource, queue: string | undefined): Promise<PipelineFile> {
  const { raw } = config;
  if (raw === LOGIN_PIPELINE) return readPipelines(raw, { ...config, queue });
  const { parsePipeline } = await import("./parse-pipeline.js");
  return parsePipeline(raw, { ...config, queue });
}

/** A variable that was set for another pipeline is easily forgotten. */
function queueNotices(
  { source, fileQueue }: { readonly source: string; readonly fileQueue: string | undefined },
  flags: SettingFlags,
  env: Environment,
): string[] {
  const inEnvironment = env["SQS2PG_QUEUE"];
  if (flags.queue !== undefined || !inEnvironment || fileQueue === undefined) return [];
  // The queue of the built-in pipeline is a default, also where somebody has saved that as a file.
  if (fileQueue === inEnvironment || fileQueue === LOGIN_PIPELINE.queue) return [];
  return [`SQS2PG_QUEUE goes before the queue in ${source}: the queue is ${inEnvironment}`];
}

/** Undefined leaves the choice to the file. */
function pipelineName(flag: string | undefined, env: Environment): Choice["name"] {
  if (flag !== undefined) return { text: flag, by: "--pipeline" };
  const text = env["SQS2PG_PIPELINE"];
  return text ? { text, by: "SQS2PG_PIPELINE" } : undefined;
}

/** Undefined leaves the choice to the pipeline. */
function readQueue(flag: string | undefined, env: Environment): string | undefined {
  if (flag?.trim() === "")
    throw new UsageError("queue_invalid", "--queue needs the name, URL or ARN of a queue");
  return flag ?? (env["SQS2PG_QUEUE"] || undefined);
}

function overrideMask(
  chosen: ChosenPipelines | undefined,
  mask: string | undefined,
): ChosenPipelines | undefined {
  if (chosen === undefined || mask === undefined) return chosen;
  return { ...chosen, ...withMaskInAll(chosen, mask) };
}

function throwIfKeyMissing(
  { keys, publicKeys }: Keyring,
  needs: SettingNeeds,
  pipelines: readonly Pipeline[],
): void {
  if (needs.key === "if-given") return;
  const by = "by SQS2PG_MASK_KEY or --key file:PATH";
  const give = `make one with \`sqs2pg keygen\` and give it ${by}`;
  if (needs.key === "to-open" && keys.length === 0) {
    throw new UsageError(
      "key_missing",
      `sealed rejects open with the key that they were sealed with: give it ${by}`,
    );
  }
  if (needs.key === "to-seal" && keys.length === 0) {
    throw new UsageError("key_missing", `quarantine seals rejects with a key: ${give}`);
  }
  for (const { name, mask } of pipelines.flatMap(({ columns }) => columns)) {
    if (mask === undefined) continue;
    if (usesMaskKey(mask) && keys.length === 0) {
      const instead =
        mask.strategy === "hmac-sha256" ? "; or choose the unkeyed --mask sha256, which can be guessed" : "";
      throw new UsageError("key_missing", `the mask of column ${name} needs a key: ${give}${instead}`);
    }
    if (STRATEGIES[mask.strategy].key === "public-key" && publicKeys.length === 0) {
      throw new UsageError(
        "key_missing",
        `the mask of column ${name} needs a public key: make a pair with \`sqs2pg keygen --pair\` and give this machine its public line ${by}`,
      );
    }
  }
}

function together(errors: readonly Sqs2pgError[]): Sqs2pgError {
  const [first, second] = errors;
  if (first !== undefined && second === undefined) return first;
  const problems = errors.flatMap((error): ConfigProblem[] =>
    error instanceof ConfigError
      ? error.problems.map((problem) =>
          problem.place === undefined
            ? { ...problem, path: [error.source, problem.path].filter(Boolean).join(": ") }
            : problem,
        )
      : [{ path: "", message: error.message }],
  );
  return new ConfigError("settings", problems, {
    cause: new AggregateError(errors),
  });
}

function noticesOf(pipelines: readonly Pipeline[]): string[] {
  const notices: string[] = [];
  const guessable = pipelines
    .flatMap(({ columns }) => columns)
    .filter(({ mask }) => mask?.strategy === "sha256")
    .map(({ name }) => name);
  if (guessable.length > 0) {
    notices.push(
      `${guessable.join(", ")}: plain sha256 can be guessed (all IPv4 addresses in minutes); hmac-sha256 with a key cannot`,
    );
  }
  return [...notices, ...exposureNotices(pipelines)];
}
