import { join } from "node:path";
import type { Knex } from "knex";
import { DatabaseError } from "../../errors.js";
import { quoteTable } from "../identifier.js";
import type { History } from "./history.js";
import type { MigrationStatus } from "./status.js";

/** The bookkeeping schema, and the database as messages show it. */
interface Around {
  readonly schema: string;
  readonly target: string;
}

/** Writes down what the files of a user's migrations hold that have run, where that is not known yet. */
export async function recordDigests(
  transaction: Knex,
  schema: string,
  { table, list, folder }: History,
): Promise<void> {
  if (folder === undefined) return;
  for (const name of await list()) {
    await transaction.raw(
      `update ${quoteTable({ schema, name: table })} set digest = ? where name = ? and digest is null`,
      [await folder.digest(name), name],
    );
  }
}

/**
 * Throws `DatabaseError` where names of a user's migrations have run with another text: it may be another migration, of
 * another folder, which would be left out without a word.
 */
export function refuseChanged(
  changed: readonly string[],
  history: Pick<History, "table" | "folder">,
  { schema, target }: Around,
): void {
  if (changed.length === 0) return;
  const table = quoteTable({ schema, name: history.table });
  throw new DatabaseError(
    "failed",
    "migration_changed",
    `something else has run in ${target} under the name of ${filesText(history, changed)}: rename it, if another folder had the name first; put it back, if it was edited since; or let it count as run: update ${table} set digest = null where name in (${changed.map((name) => `'${name}'`).join(", ")})`,
  );
}

/** Throws `DatabaseError` where what ran together last is not at hand as it ran: it cannot be taken back without that. */
export async function refuseUnknown(
  transaction: Knex,
  { schema, target }: Around,
  history: History,
  { changed }: Pick<MigrationStatus, "changed">,
): Promise<void> {
  const table = quoteTable({ schema, name: history.table });
  const { rows } = await transaction.raw(
    `select name from ${table} where batch = (select max(batch) from ${table}) order by id`,
  );
  const last: string[] = rows.map(({ name }: { name: string }) => name);
  const known = new Set(await history.list());
  const unknown = last.filter((name) => !known.has(name));
  const edited = changed.filter((name) => last.includes(name));
  if (unknown.length > 0) {
    const message =
      history.folder === undefined
        ? `a newer sqs2pg has migrated ${target}: roll back with that version`
        : `what ran last in ${target} is not in ${history.folder.shown}: ${unknown.join(", ")}: roll back with the folder that it is in (--migrations DIR), or put its file back`;
    throw new DatabaseError("failed", "migrations_unknown", message);
  }
  refuseChanged(edited, history, { schema, target });
}

function filesText({ folder }: Pick<History, "folder">, names: readonly string[]): string {
  return names.map((name) => join(folder?.shown ?? "", name)).join(", ");
}
