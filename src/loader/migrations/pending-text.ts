import { join } from "node:path";
import type { Knex } from "knex";
import { userHistory } from "./history.js";
import { readStatus } from "./status.js";
import type { UserFolder } from "./user-folder.js";

/** Which of a user's migrations have not run, such as `migrations/20260201000000_orders.mjs has not run`, if any. */
export async function pendingText(
  knex: Knex,
  schema: string,
  folder: UserFolder | undefined,
): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  try {
    const { pending } = await readStatus(knex, schema, userHistory(folder));
    const [first, second] = pending;
    if (first === undefined) return undefined;
    if (second === undefined) return `${join(folder.shown, first)} has not run`;
    return `${pending.length} migrations in ${folder.shown} have not run`;
  } catch {
    // What is wrong with the directory, migrate says; this is about a table.
    return undefined;
  }
}
