import type { Knex } from "knex";
import { sqlStateOf } from "../errors/driver-error.js";
import { quoteTable } from "../identifier.js";
import { type History, ownHistory } from "./history.js";

interface AppliedMigration {
  readonly name: string;
  readonly appliedAt: Date;
}

export interface MigrationStatus {
  /** Migrations that have run, in order; also those of a newer version. */
  readonly applied: AppliedMigration[];
  /** Names of those that have not. */
  readonly pending: string[];
  /** Names of a user's that have run, and whose file has another text now: it was edited, or is another folder's. */
  readonly changed: string[];
  /** Names of a user's that have run, and whose file is not in the directory: it is gone, or is another folder's. */
  readonly absent: string[];
}

/** Compares migrations (the package's, unless others are given) with what the database has on record; throws what the driver throws. */
export async function readStatus(
  knex: Knex,
  schema: string,
  history: Pick<History, "list" | "table" | "folder"> = ownHistory(schema),
): Promise<MigrationStatus> {
  const { list, folder } = history;
  const [all, found] = await Promise.all([list(), readApplied(knex, schema, history)]);
  const known = new Set(found.map(({ name }) => name));
  const changed: string[] = [];
  for (const { name, digest } of found) {
    // What somebody accepts has none.
    if (folder === undefined || !digest || !all.includes(name)) continue;
    if (digest !== (await folder.digest(name))) changed.push(name);
  }
  return {
    applied: found.map(({ name, appliedAt }) => ({ name, appliedAt })),
    pending: all.filter((name) => !known.has(name)),
    changed,
    absent: folder === undefined ? [] : [...known].filter((name) => !all.includes(name)),
  };
}

export function namesOf(migrations: readonly AppliedMigration[]): string[] {
  return migrations.map(({ name }) => name);
}

async function readApplied(
  knex: Knex,
  schema: string,
  { table: name, folder }: Pick<History, "table" | "folder">,
): Promise<(AppliedMigration & { readonly digest?: string | null })[]> {
  try {
    const table = quoteTable({ schema, name });
    const digest = folder === undefined ? "" : ", digest";
    const { rows } = await knex.raw(
      `select name, migration_time as "appliedAt"${digest} from ${table} order by id`,
    );
    return rows;
  } catch (error) {
    // No such schema or table: nothing has run yet.
    const sqlState = sqlStateOf(error);
    if (sqlState === "42P01" || sqlState === "3F000") return [];
    throw error;
  }
}
