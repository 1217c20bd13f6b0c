import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { YAMLError } from "yaml";
import { ConfigError, UsageError } from "../errors.js";
import { fileProblem } from "./file-problem.js";

const NAMES = ["sqs2pg.yaml", "sqs2pg.yml", "sqs2pg.json"];
/** A pipeline is a page of text; anything longer was given by mistake. */
const MOST_BYTES = 1024 * 1024;

/** How the YAML parser ends its messages. */
const POSITION = / at line \d+, column \d+:?$/;

/** A config file as it was read, before anything in it was checked. */
interface LoadedFile {
  readonly raw: unknown;
  /** The path as it was given, or the name that was found. */
  readonly source: string;
}

interface LoadOptions {
  /** `--config`; without it, the working directory is looked through. */
  readonly path?: string | undefined;
  readonly cwd: string;
}

/**
 * Reads the config file that `path` names, or `sqs2pg.yaml`, `.yml` or `.json` in the working directory; undefined if
 * there is none. Throws UsageError for a file that cannot be read, ConfigError with `file:line:column` for one that is
 * no YAML (JSON is YAML too, by the YAML 1.2 specification).
 */
export async function loadConfigFile({ path, cwd }: LoadOptions): Promise<LoadedFile | undefined> {
  const source = path ?? findIn(cwd);
  if (source === undefined) return undefined;
  return { raw: await parse(await read(source, resolve(cwd, source)), source), source };
}

function findIn(cwd: string): string | undefined {
  const [first, second] = NAMES.filter((name) => existsSync(resolve(cwd, name)));
  if (first !== undefined && second !== undefined) {
    throw new UsageError(
      "config_ambiguous",
      `both ${first} and ${second} are here: choose one with --config`,
    );
  }
  return first;
}

async function read(source: string, path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) {
      throw new UsageError(
        "config_too_large",
        `the config file ${source} is larger than 1 MiB: is it the right one?`,
      );
    }
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError("config_unreadable", `the config file ${source} ${fileProblem(error)}`, {
      cause: error,
    });
  }
}

async function parse(text: string, source: string): Promise<unknown> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { prettyErrors: true });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) throw notYaml(faults, source);
  if (document.contents === null) throw new ConfigError(source, [{ path: "", message: "the file is empty" }]);
  try {
    return document.toJS();
  } catch (error) {
    throw new ConfigError(source, [{ path: "", message: "an alias in it cannot be resolved" }], {
      cause: error,
    });
  }
}

/** Each fault with its position once: the first one's goes with the file's name, as editors take it. */
function notYaml(faults: readonly YAMLError[], source: string): ConfigError {
  const [first] = faults;
  const at = first?.linePos?.[0];
  const problems = faults.map((fault) => {
    const [line = ""] = fault.message.split("\n");
    const isPlaced = fault === first && at !== undefined;
    return { path: "", message: line.replace(isPlaced ? POSITION : /:$/, "") };
  });
  return new ConfigError(at === undefined ? source : `${source}:${at.line}:${at.col}`, problems, {
    cause: first,
  });
}
