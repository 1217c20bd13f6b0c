import { existsSync } from "node:fs";
import { extname, resolve } from "node:path";
import { UsageError } from "../errors.js";

/** Files that are data, and files that are programs: each has its own reader. */
const DATA = [".yaml", ".yml", ".json"];
const PROGRAMS = [".ts", ".js", ".mjs", ".mts"];
const NAMES = [...DATA, ...PROGRAMS].map((extension) => `sqs2pg${extension}`);

/** The config file of a directory; undefined if it has none. Throws UsageError `config_ambiguous` where it has two. */
export function findConfigFile(cwd: string): string | undefined {
  const [first, second] = NAMES.filter((name) => existsSync(resolve(cwd, name)));
  if (first !== undefined && second !== undefined) {
    throw new UsageError(
      "config_ambiguous",
      `both ${first} and ${second} are here: choose one with --config`,
    );
  }
  return first;
}

/** Whether a file is a program that exports the config. Anything else is read as YAML, whatever its name. */
export function isProgram(path: string): boolean {
  return PROGRAMS.includes(extname(path).toLowerCase());
}

/** Whether a program is written in TypeScript, which Node 20 cannot run by itself. */
export function isTypeScript(path: string): boolean {
  return /\.m?ts$/i.test(path);
}
