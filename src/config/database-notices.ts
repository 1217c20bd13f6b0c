import { readDatabaseParameters } from "./database-parameters.js";
import { readPasswordFile } from "./database-passfile.js";
import type { DatabaseSettings } from "./database-source.js";
import type { Environment } from "./key-source.js";

/** What works as asked for and may not be meant: a line each. */
export function databaseNotices({ source, url, auth }: DatabaseSettings, env: Environment): string[] {
  const notices: string[] = [];
  if (source === "--database" && hasPassword(url)) {
    notices.push(
      "--database holds a password, visible to every user of this machine: use DATABASE_URL or PGPASSWORD",
    );
  }
  const parameters = readDatabaseParameters(url, env);
  if (auth === "iam" || parameters.get("password") !== undefined) return notices;
  const file = readPasswordFile(parameters, env);
  if (file?.problem !== undefined) {
    notices.push(`the password file ${file.path} ${file.problem} (it is not read)`);
  }
  return notices;
}

/** Whether a checked URL holds a password; for one in a flag, where every user of the machine can read it. */
export function hasPassword(url: string): boolean {
  const parameters = readDatabaseParameters(url, {});
  return parameters.get("password") !== undefined || parameters.get("sslpassword") !== undefined;
}
