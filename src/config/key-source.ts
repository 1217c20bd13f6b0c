import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { UsageError } from "../errors.js";
import { type MaskKey, parseKey } from "../masking/index.js";
import { fileProblem } from "./file-problem.js";

export type Environment = Readonly<Record<string, string | undefined>>;

interface KeyOptions {
  /** `--key`: `env:NAME` or `file:PATH`. */
  readonly keyFlag?: string | undefined;
  readonly env: Environment;
}

const DEFAULT_VARIABLE = "SQS2PG_MASK_KEY";
const MOST_BYTES = 4096;

/**
 * The masking key: where `--key` says, else SQS2PG_MASK_KEY; undefined if neither is given. Throws UsageError, which
 * names the source and never shows what it holds.
 */
export function readKey({ keyFlag, env }: KeyOptions): MaskKey | undefined {
  if (keyFlag === undefined)
    return env[DEFAULT_VARIABLE] === undefined ? undefined : fromVariable(DEFAULT_VARIABLE, env);
  if (keyFlag.startsWith("file:")) return fromFile(keyFlag.slice("file:".length));
  // A longer word, or one of other characters, may be the key itself: it is not repeated.
  const variable = /^env:([A-Za-z_][A-Za-z0-9_]{0,39})$/.exec(keyFlag)?.[1];
  if (variable !== undefined) return fromVariable(variable, env);
  if (keyFlag.startsWith("env:")) {
    throw new UsageError("key_source_invalid", "--key env:NAME needs the name of an environment variable");
  }
  throw new UsageError(
    "key_on_command_line",
    "--key takes env:NAME or file:PATH: a key on the command line is visible to every user of the machine",
  );
}

function fromVariable(name: string, env: Environment): MaskKey {
  const text = env[name];
  if (text === undefined)
    throw new UsageError("key_missing", `--key: the environment variable ${name} is not set`);
  if (text.trim() === "") {
    throw new UsageError(
      "key_empty",
      `the environment variable ${name} is empty: set it to a key, or unset it`,
    );
  }
  return parsed(text, name);
}

function fromFile(path: string): MaskKey {
  if (path === "" || path.includes("sqs2pg-key-")) {
    throw new UsageError("key_source_invalid", "--key file:PATH needs the path of a file that holds the key");
  }
  return parsed(readPrivateFile(path), path);
}

function parsed(text: string, source: string): MaskKey {
  try {
    return parseKey(text);
  } catch (error) {
    if (error instanceof UsageError)
      throw new UsageError(error.code, `${source}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Checks and reads the same open file, so that it cannot be another one in between; a pipe does not block it. */
function readPrivateFile(path: string): string {
  const fail = (code: string, problem: string, cause?: unknown): never => {
    throw new UsageError(code, `the key file ${path} ${problem}`, { cause });
  };
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return fail("key_unreadable", fileProblem(error), error);
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) return fail("key_unreadable", "is no regular file");
    if (process.platform !== "win32" && (stats.mode & 0o077) !== 0) {
      return fail("key_exposed", `is open to other users of this machine: run chmod 600 on it`);
    }
    if (stats.size > MOST_BYTES) return fail("key_malformed", "is too large to hold a key: it is one line");
    const bytes = Buffer.alloc(MOST_BYTES);
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, MOST_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
