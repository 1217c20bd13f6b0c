import type { Knex } from "knex";
import { parseSchemaName } from "../../config/schema-name.js";
import { DatabaseError, UsageError } from "../../errors.js";
import { type Connection, connect } from "../connection.js";
import type { ConnectionSettings } from "../connection-settings.js";
import { toDatabaseError } from "../errors/database-error.js";
import { toStoreError } from "../errors/driver-error.js";
import { quoteTable } from "../identifier.js";
import { explainMigrationFailure } from "./explain-failure.js";
import { type History, ownHistory, userHistory } from "./history.js";
import { refusalOf } from "./refusals.js";
import { type MigrationStatus, namesOf, readStatus } from "./status.js";
import { MIGRATIONS_TABLE, migrationPrelude } from "./tables.js";
import type { UserFolder } from "./user-folder.js";

export interface MigrateSettings {
  readonly database: ConnectionSettings;
  /** Of the bookkeeping; `sqs2pg` when absent. */
  readonly schema?: string | undefined;
  /** A directory with migrations of the user's own, which run after the package's. */
  readonly userFolder?: UserFolder | undefined;
}

interface AppliedNames {
  /** Names of the migrations that ran now. */
  readonly applied: string[];
  /** Names of those that had run before. */
  readonly already: string[];
}

export interface MigrateResult extends AppliedNames {
  /** Of the user's own, where there is a directory for them. */
  readonly user?: AppliedNames;
}

/** What has run and what has not; of the user's own, too, where there is a directory for them. */
export interface FullStatus extends MigrationStatus {
  readonly user?: MigrationStatus;
}

/**
 * Brings the schema up to date, in one transaction: any number of processes may do so at once, and a crash leaves
 * nothing behind. Where nothing is pending it only reads. Throws `UsageError` and `DatabaseError`.
 */
export function migrate(settings: MigrateSettings): Promise<MigrateResult> {
  return withConnection(settings, async ({ knex }, schema, histories) => {
    const statuses = await readStatuses(knex, schema, histories);
    if (statuses.every(({ pending }) => pending.length === 0)) {
      return asResult(statuses.map(({ applied }) => ({ applied: [], already: namesOf(applied) })));
    }
    return locked(knex, schema, histories, async (transaction) => {
      const results: AppliedNames[] = [];
      for (const history of histories) {
        const before = await readStatus(transaction, schema, history);
        const [, applied] = await transaction.migrate.latest(knexSettings(schema, history));
        results.push({ applied, already: namesOf(before.applied) });
      }
      return asResult(results);
    });
  });
}

/** What has run and what has not; changes nothing. Throws `UsageError` and `DatabaseError`. */
export function migrationStatus(settings: MigrateSettings): Promise<FullStatus> {
  return withConnection(settings, async ({ knex }, schema, histories) =>
    asResult(await readStatuses(knex, schema, histories)),
  );
}

/**
 * Takes back the migrations that ran together last; their names, the last one first. The user's own are a series of
 * their own: those that ran last are taken back before the package's. user_logins stays; sealed bodies forbid it, and so
 * do ledger entries that a redelivery could ask for. Throws `UsageError` and `DatabaseError`.
 */
export function rollback(settings: MigrateSettings): Promise<string[]> {
  return withConnection(settings, async ({ knex, target }, schema, histories) => {
    const statuses = await readStatuses(knex, schema, histories);
    if (statuses.every(({ applied }) => applied.length === 0)) return [];
    return locked(knex, schema, histories, async (transaction) => {
      const history = await lastHistory(transaction, schema, histories);
      if (history === undefined) return [];
      await refuseUnknown(transaction, schema, target, history);
      const [, undone] = await transaction.migrate.rollback(knexSettings(schema, history));
      return undone;
    });
  });
}

function asResult<Part extends object>([own, user]: readonly Part[]): Part & { readonly user?: Part } {
  if (own === undefined) throw new Error("there is no history of migrations");
  return user === undefined ? own : { ...own, user };
}

async function readStatuses(
  knex: Knex,
  schema: string,
  histories: readonly History[],
): Promise<MigrationStatus[]> {
  const statuses: MigrationStatus[] = [];
  for (const history of histories) statuses.push(await readStatus(knex, schema, history));
  return statuses;
}

/** The series whose newest migration is the newest of all; the user's own where they ran in one call. */
async function lastHistory(
  knex: Knex,
  schema: string,
  histories: readonly History[],
): Promise<History | undefined> {
  let last: { readonly history: History; readonly at: number } | undefined;
  for (const history of histories) {
    const { applied } = await readStatus(knex, schema, history);
    const at = Math.max(...applied.map(({ appliedAt }) => appliedAt?.getTime() ?? 0));
    if (applied.length > 0 && (last === undefined || at >= last.at)) last = { history, at };
  }
  return last?.history;
}

function knexSettings(schema: string, { table, source }: History): Knex.MigratorConfig {
  return {
    tableName: table,
    schemaName: schema,
    migrationSource: source,
    // An older version may run against a newer one's database: it has nothing to do there.
    disableMigrationsListValidation: true,
  };
}

/** Everything in one transaction that begins by waiting for other migrations. */
function locked<T>(
  knex: Knex,
  schema: string,
  histories: readonly History[],
  action: (transaction: Knex.Transaction) => Promise<T>,
): Promise<T> {
  return knex.transaction(async (transaction) => {
    // So that what the lock was waited for is seen, whatever the database's default is.
    await transaction.raw("set transaction isolation level read committed");
    const tables = histories.map(({ table }) => table);
    await transaction.raw(migrationPrelude(schema, tables));
    return action(transaction);
  });
}

async function refuseUnknown(
  transaction: Knex,
  schema: string,
  target: string,
  history: History,
): Promise<void> {
  const table = quoteTable({ schema, name: history.table });
  const { rows } = await transaction.raw(
    `select name from ${table} where batch = (select max(batch) from ${table})`,
  );
  const known = new Set(await history.list());
  const unknown = rows.find(({ name }: { name: string }) => !known.has(name));
  if (unknown === undefined) return;
  const message =
    history.table === MIGRATIONS_TABLE
      ? `a newer sqs2pg has migrated ${target}: roll back with that version`
      : `the file of your migration ${unknown.name} is gone: it cannot be rolled back without it`;
  throw new DatabaseError("failed", "migrations_unknown", message);
}

async function withConnection<T>(
  settings: MigrateSettings,
  action: (connection: Connection, schema: string, histories: readonly History[]) => Promise<T>,
): Promise<T> {
  const schema = parseSchemaName(settings.schema);
  const histories = await historiesOf(schema, settings.userFolder);
  // So that an error knows the line of the migration that it comes from.
  const connection = connect(settings.database, { poolSize: 1, tracesStatements: histories.length > 1 });
  const { target, user } = connection;
  try {
    return await action(connection, schema, histories);
  } catch (error) {
    if (error instanceof DatabaseError || error instanceof UsageError) throw error;
    const refusal = refusalOf(error, schema);
    if (refusal !== undefined) throw refusal;
    const failure = toStoreError(error, { target, user, table: `${schema}.${MIGRATIONS_TABLE}` }, true);
    throw toDatabaseError(await explainMigrationFailure(connection, failure, schema));
  } finally {
    await connection.close();
  }
}

/** The package's migrations, then the user's own, if there are any. */
async function historiesOf(schema: string, folder: UserFolder | undefined): Promise<History[]> {
  const own = ownHistory(schema);
  if (folder === undefined) return [own];
  const user = userHistory(folder);
  return (await user.list()).length === 0 ? [own] : [own, user];
}
