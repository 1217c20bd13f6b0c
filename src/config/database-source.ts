import { UsageError } from "../errors.js";
import { type DatabaseAuth, readDatabaseAuth } from "./database-auth.js";
import { readDatabaseParameters } from "./database-parameters.js";
import type { Environment } from "./key-source.js";

/** Which database, and who said so; without a URL the driver reads the PG* variables itself. */
export type DatabaseSettings = (
  | { readonly source: "--database" | "DATABASE_URL"; readonly url: string }
  | { readonly source: "PG*"; readonly url?: undefined }
) & {
  /** How to log in; with a password when absent. */
  readonly auth?: DatabaseAuth;
};

/** The variables of libpq that choose a database and that node-postgres reads as well. */
const VARIABLES = ["PGHOST", "PGPORT", "PGDATABASE", "PGUSER"];

/**
 * The database: `--database`, else DATABASE_URL, else libpq's PG* variables; and how to log in. Throws UsageError; a URL
 * holds a password and is never repeated.
 */
export function readDatabase(
  flag: string | undefined,
  env: Environment,
  authFlag?: string | undefined,
): DatabaseSettings {
  const settings = readSource(flag, env);
  const auth = readDatabaseAuth(authFlag, env);
  return auth === "password" ? settings : { ...settings, auth };
}

function readSource(flag: string | undefined, env: Environment): DatabaseSettings {
  if (flag !== undefined) return { source: "--database", url: checked(flag, "--database", env) };
  const fromEnvironment = env["DATABASE_URL"];
  if (fromEnvironment) return { source: "DATABASE_URL", url: checked(fromEnvironment, "DATABASE_URL", env) };
  if (VARIABLES.some((name) => env[name])) {
    readDatabaseParameters(undefined, env);
    return { source: "PG*" };
  }
  const remedy =
    "set --database or DATABASE_URL to postgres://user@host/database, or set PGHOST, PGDATABASE and PGUSER";
  throw env["PGSERVICE"]
    ? new UsageError(
        "database_missing",
        `PGSERVICE alone is not enough, since service files are not read: ${remedy}`,
      )
    : new UsageError("database_missing", `no database is given: ${remedy}`);
}

/** The URL as it is, once all that can be said about it without reading files has been looked at. */
function checked(text: string, source: string, env: Environment): string {
  readDatabaseParameters(text, env, source);
  return text;
}
