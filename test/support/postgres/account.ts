import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { promisify } from "node:util";

/** The account that PostgreSQL runs under; empty when that is our own. It has the shape of spawn's options. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

const run = promisify(execFile);

/**
 * PostgreSQL refuses to run as root, so root lends it an account that is there: `postgres`, or else `nobody`, which
 * every Unix has. No account is ever added to the machine.
 */
export async function postgresAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    try {
      const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // No such account: the next one.
    }
  }
  throw new Error(
    "PostgreSQL refuses to run as root, and there is no account `postgres` or `nobody` to run it under.",
  );
}

/** The folder for temporary folders that `account` can enter: a private TMPDIR of root's would shut it out. */
export async function temporaryRoot(account: Account): Promise<string> {
  const usual = tmpdir();
  return account.uid === undefined || (await isOpenToAll(usual)) ? usual : "/tmp";
}

async function isOpenToAll(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) return false;
  return dirname(folder) === folder || isOpenToAll(dirname(folder));
}
