import { UsageError } from "../errors.js";
import type { Environment } from "./key-source.js";

/** Which database, and who said so; without a URL the driver reads the PG* variables itself. */
export type DatabaseSettings =
  | { readonly source: "--database" | "DATABASE_URL"; readonly url: string }
  | { readonly source: "PG*"; readonly url?: undefined };

/** The variables of libpq that choose a database and that node-postgres reads as well. */
const VARIABLES = ["PGHOST", "PGPORT", "PGDATABASE", "PGUSER"];

/**
 * The database: `--database`, else DATABASE_URL, else libpq's PG* variables. Throws UsageError; a URL holds a password
 * and is never repeated.
 */
export function readDatabase(flag: string | undefined, env: Environment): DatabaseSettings {
  if (flag !== undefined) return { source: "--database", url: checked(flag, "--database") };
  const fromEnvironment = env["DATABASE_URL"];
  if (fromEnvironment) return { source: "DATABASE_URL", url: checked(fromEnvironment, "DATABASE_URL") };
  if (VARIABLES.some((name) => env[name])) return { source: "PG*" };
  const remedy =
    "set --database or DATABASE_URL to postgres://user@host/database, or set PGHOST, PGDATABASE and PGUSER";
  throw env["PGSERVICE"]
    ? new UsageError(
        "database_missing",
        `PGSERVICE alone is not enough, since service files are not read: ${remedy}`,
      )
    : new UsageError("database_missing", `no database is given: ${remedy}`);
}

function checked(text: string, source: string): string {
  if (!/^postgres(?:ql)?:\/\//i.test(text)) {
    throw new UsageError(
      "database_invalid",
      `${source} must be a URL that starts with postgres:// or postgresql://`,
    );
  }
  if (!isUrl(text)) {
    throw new UsageError(
      "database_invalid",
      `${source} cannot be read as a URL: percent-encode special characters of the password, such as %23 for #`,
    );
  }
  return text;
}

function isUrl(text: string): boolean {
  try {
    const { username, password, pathname } = new URL(text);
    for (const part of [username, password, pathname]) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

/** Whether a checked URL holds a password; for one in a flag, where every user of the machine can read it. */
export function hasPassword(url: string): boolean {
  return new URL(url).password !== "";
}
