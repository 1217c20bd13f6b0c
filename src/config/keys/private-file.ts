import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { UsageError } from "../../errors.js";
import { fileProblem } from "../file-problem.js";

/** A list of keys with their comments is a page or two. */
const MOST_BYTES = 64 * 1024;

interface ReadOptions {
  /** Refused when others of this machine may read it. */
  readonly isSecret: boolean;
}

/**
 * The text of a key file. Checks and reads the same open file, so that it cannot be another one in between; a pipe does
 * not block it. Throws UsageError `key_unreadable`, `key_exposed` and `key_malformed`.
 */
export function readKeyFile(path: string, { isSecret }: ReadOptions): string {
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
    if (isSecret && process.platform !== "win32" && (stats.mode & 0o077) !== 0) {
      return fail("key_exposed", "is open to other users of this machine: run chmod 600 on it");
    }
    if (stats.size > MOST_BYTES)
      return fail("key_malformed", "is too large to hold keys: it is a line for each");
    const bytes = Buffer.alloc(MOST_BYTES);
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, MOST_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
