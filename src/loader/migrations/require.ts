import type { Knex } from "knex";
import { DatabaseError } from "../../errors.js";
import type { Connection } from "../connection.js";
import { toDatabaseError } from "../errors/database-error.js";
import { toStoreError } from "../errors/driver-error.js";
import { readStatus } from "./status.js";

/** As `requireMigrations`, for commands that ask nothing else of the bookkeeping first: throws `DatabaseError` only. */
export async function checkMigrations({ knex, target, user }: Connection, schema: string): Promise<void> {
  try {
    await requireMigrations(knex, schema, target);
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    throw toDatabaseError(toStoreError(error, { target, user, table: `${schema}.migrations` }, false));
  }
}

/** Throws `DatabaseError` with the remedy where migrations have not run; otherwise what the driver throws. */
export async function requireMigrations(knex: Knex, schema: string, target: string): Promise<void> {
  const { pending } = await readStatus(knex, schema);
  const { length: count } = pending;
  if (count === 0) return;
  throw new DatabaseError(
    "failed",
    "migrations_pending",
    `the database ${target} lacks ${count} ${count === 1 ? "migration" : "migrations"}: run: sqs2pg migrate`,
  );
}
