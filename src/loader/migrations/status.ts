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
}

/** Compares migrations (the package's, unless others are given) with what the database has on record; throws what the driver throws. */
export async function readStatus(
  knex: Knex,
  schema: string,
  { list, table }: Pick<History, "list" | "table"> = ownHistory(schema),
): Promise<MigrationStatus> {
  const [all, applied] = await Promise.all([list(), readApplied(knex, schema, table)]);
  const known = new Set(namesOf(applied));
  return { applied, pending: all.filter((name) => !known.has(name)) };
}

export function namesOf(migrations: readonly AppliedMigration[]): string[] {
  return migrations.map(({ name }) => name);
}

async function readApplied(knex: Knex, schema: string, name: string): Promise<AppliedMigration[]> {
  try {
    const table = quoteTable({ schema, name });
    const { rows } = await knex.raw(`select name, migration_time as "appliedAt" from ${table} order by id`);
    return rows;
  } catch (error) {
    // No such schema or table: nothing has run yet.
    const sqlState = sqlStateOf(error);
    if (sqlState === "42P01" || sqlState === "3F000") return [];
    throw error;
  }
}
