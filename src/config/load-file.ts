import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "../errors.js";
import type { ConfigSource } from "./config-source.js";
import { fileProblem } from "./file-problem.js";
import { findConfigFile, isProgram } from "./find-file.js";
import type { Environment } from "./key-source.js";

/** A pipeline is a page of text; anything longer was given by mistake. */
const MOST_BYTES = 1024 * 1024;

interface LoadOptions {
  /** `--config`; without it, the working directory is looked through. */
  readonly path?: string | undefined;
  readonly cwd: string;
  /** Fills `${NAME}` in files that are data. */
  readonly env: Environment;
}

/**
 * Reads the config file that `path` names, or the one in the working directory; undefined if there is none. Throws
 * UsageError for a file that cannot be read or run, ConfigError with `file:line:column` for one that is no YAML (JSON is
 * YAML too, by the YAML 1.2 specification). Each kind of file has its reader, imported when there is one.
 */
export async function loadConfigFile({ path, cwd, env }: LoadOptions): Promise<ConfigSource | undefined> {
  const source = path ?? findConfigFile(cwd);
  if (source === undefined) return undefined;
  const full = resolve(cwd, source);
  const text = await read(source, full);
  if (isProgram(source)) {
    const { readProgram } = await import("./read-program.js");
    return { raw: await readProgram(source, full), source };
  }
  const { readYaml } = await import("./read-yaml.js");
  return readYaml(text, { source, env });
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
