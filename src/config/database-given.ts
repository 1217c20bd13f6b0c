import { UsageError } from "../errors.js";
import { readDatabase } from "./database-source.js";
import type { Environment } from "./key-source.js";

/** Whether a database is given at all, for commands that can do without: what is wrong with it is said by who reads it. */
export function isDatabaseGiven(flag: string | undefined, env: Environment): boolean {
  if (env["PGSERVICE"]) return true;
  try {
    readDatabase(flag, env);
    return true;
  } catch (error) {
    return !(error instanceof UsageError && error.code === "database_missing");
  }
}
