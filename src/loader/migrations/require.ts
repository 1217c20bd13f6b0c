import type { Knex } from "knex";
import { DatabaseError } from "../../errors.js";
import { readStatus } from "./status.js";

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
