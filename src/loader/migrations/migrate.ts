import type { Knex } from "knex";
import { parseSchemaName } from "../../config/schema-name.js";
import { DatabaseError } from "../../errors.js";
import { type Connection, connect } from "../connection.js";
import type { ConnectionSettings } from "../connection-settings.js";
import { toDatabaseError } from "../errors/database-error.js";
import { toStoreError } from "../errors/driver-error.js";
import { quoteTable } from "../identifier.js";
import { explainMigrationFailure } from "./explain-failure.js";
import { refusalOf } from "./refusals.js";
import { createMigrationSource, listMigrations } from "./source.js";
import { type MigrationStatus, namesOf, readStatus } from "./status.js";
import { MIGRATIONS_TABLE, migrationPrelude } from "./tables.js";

export interface MigrateSettings {
  readonly database: ConnectionSettings;
  /** Of the bookkeeping; `sqs2pg` when absent. */
  readonly schema?: string | undefined;
}

export interface MigrateResult {
  /** Names of the migrations that ran now. */
  readonly applied: string[];
  /** Names of those that had run before. */
  readonly already: string[];
}

/**
 * Brings the schema up to date, in one transaction: any number of processes may do so at once, and a crash leaves
 * nothing behind. Where nothing is pending it only reads. Throws `UsageError` and `DatabaseError`.
 */
export function migrate(settings: MigrateSettings): Promise<MigrateResult> {
  return withConnection(settings, async ({ knex }, schema) => {
    const { applied: ran, pending } = await readStatus(knex, schema);
    if (pending.length === 0) return { applied: [], already: namesOf(ran) };
    return locked(knex, schema, async (transaction) => {
      const before = await readStatus(transaction, schema);
      const [, applied] = await transaction.migrate.latest(knexSettings(schema));
      return { applied, already: namesOf(before.applied) };
    });
  });
}

/** What has run and what has not; changes nothing. Throws `UsageError` and `DatabaseError`. */
export function migrationStatus(settings: MigrateSettings): Promise<MigrationStatus> {
  return withConnection(settings, ({ knex }, schema) => readStatus(knex, schema));
}

/**
 * Takes back the migrations that ran together last; their names, the last one first. user_logins stays; sealed bodies
 * forbid it, and so do ledger entries that a redelivery could ask for. Throws `UsageError` and `DatabaseError`.
 */
export function rollback(settings: MigrateSettings): Promise<string[]> {
  return withConnection(settings, async ({ knex, target }, schema) => {
    const { applied } = await readStatus(knex, schema);
    if (applied.length === 0) return [];
    return locked(knex, schema, async (transaction) => {
      await refuseUnknown(transaction, schema, target);
      const [, undone] = await transaction.migrate.rollback(knexSettings(schema));
      return undone;
    });
  });
}

function knexSettings(schema: string): Knex.MigratorConfig {
  return {
    tableName: MIGRATIONS_TABLE,
    schemaName: schema,
    migrationSource: createMigrationSource(schema),
    // An older version may run against a newer one's database: it has nothing to do there.
    disableMigrationsListValidation: true,
  };
}

/** Everything in one transaction that begins by waiting for other migrations. */
function locked<T>(
  knex: Knex,
  schema: string,
  action: (transaction: Knex.Transaction) => Promise<T>,
): Promise<T> {
  return knex.transaction(async (transaction) => {
    // So that what the lock was waited for is seen, whatever the database's default is.
    await transaction.raw("set transaction isolation level read committed");
    await transaction.raw(migrationPrelude(schema));
    return action(transaction);
  });
}

async function refuseUnknown(transaction: Knex, schema: string, target: string): Promise<void> {
  const table = quoteTable({ schema, name: MIGRATIONS_TABLE });
  const { rows } = await transaction.raw(
    `select name from ${table} where batch = (select max(batch) from ${table})`,
  );
  const known = new Set(await listMigrations());
  if (rows.every(({ name }: { name: string }) => known.has(name))) return;
  throw new DatabaseError(
    "failed",
    "migrations_unknown",
    `a newer sqs2pg has migrated ${target}: roll back with that version`,
  );
}

async function withConnection<T>(
  settings: MigrateSettings,
  action: (connection: Connection, schema: string) => Promise<T>,
): Promise<T> {
  const schema = parseSchemaName(settings.schema);
  const connection = connect(settings.database, { poolSize: 1 });
  const { target, user } = connection;
  try {
    return await action(connection, schema);
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    const refusal = refusalOf(error, schema);
    if (refusal !== undefined) throw refusal;
    const failure = toStoreError(error, { target, user, table: `${schema}.${MIGRATIONS_TABLE}` }, true);
    throw toDatabaseError(await explainMigrationFailure(connection, failure, schema));
  } finally {
    await connection.close();
  }
}
