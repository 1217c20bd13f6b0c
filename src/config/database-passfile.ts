import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { homeOf } from "./database-home.js";
import type { DatabaseParameters } from "./database-parameters.js";
import type { Environment } from "./key-source.js";

/** Whose password is looked for. */
export interface Login {
  /** A name, an address, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

export interface Passwords {
  readonly path: string;
  /** Why the file is not read, though it is there; it ends a sentence that begins with the path. */
  readonly problem?: string;
  readonly text: string;
}

/** libpq's built-in folder of sockets, whose passwords stand under `localhost`. */
const SOCKET_FOLDERS: readonly string[] = ["/tmp", "/var/run/postgresql"];

/**
 * The password file: PGPASSFILE or `passfile`, else `~/.pgpass`; undefined where there is none. One that others can read
 * is not used, as with libpq. https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export function readPasswordFile(parameters: DatabaseParameters, env: Environment): Passwords | undefined {
  const path = parameters.get("passfile") ?? defaultPath(env);
  if (path === undefined) return undefined;
  let file: number;
  try {
    // A pipe is not waited for.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) return { path, text: "", problem: "is no plain file" };
    if (process.platform !== "win32" && (stats.mode & 0o077) !== 0) {
      return { path, text: "", problem: "is open to other users of this machine: run chmod 600 on it" };
    }
    return { path, text: readFileSync(file, "utf8") };
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

function defaultPath(env: Environment): string | undefined {
  const appData = env["APPDATA"];
  if (process.platform === "win32") {
    return appData === undefined ? undefined : join(appData, "postgresql", "pgpass.conf");
  }
  const home = homeOf(env);
  return home === undefined ? undefined : join(home, ".pgpass");
}

/** The password of the first line that fits: `host:port:database:user:password`, with `*` for any and `\` before `:` and `\`. */
export function passwordIn(text: string, { host, port, database, user }: Login): string | undefined {
  const name = SOCKET_FOLDERS.includes(host) ? "localhost" : host;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("#")) continue;
    const fields = fieldsOf(line);
    const password = fields[4];
    if (password === undefined) continue;
    const wanted = [name, String(port), database, user];
    if (wanted.every((value, index) => fields[index]?.raw === "*" || fields[index]?.value === value)) {
      return password.value;
    }
  }
  return undefined;
}

interface Field {
  /** As written. */
  readonly raw: string;
  readonly value: string;
}

/** Behind an unescaped colon a new field begins; what follows the password's is not looked at. */
function fieldsOf(line: string): Field[] {
  return line
    .split(/(?<=(?:^|[^\\])(?:\\\\)*):/)
    .map((raw) => ({ raw, value: raw.replace(/\\(.)/gsu, "$1") }));
}
