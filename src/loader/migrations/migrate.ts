import type { Knex } from "knex";
import { parseSchemaName } from "../../config/schema-name.js";
import { DatabaseError, UsageError } from "../../errors.js";
import { type Connection, connect } from "../connection.js";
import type { ConnectionSettings } from "../connection-settings.js";
import { toDatabaseError } from "../errors/database-error.js";
import { toStoreError } from "../errors/driver-error.js";
import { explainMigrationFailure } from "./explain-failure.js";
import { type History, ownHistory, userHistory } from "./history.js";
import { recordDigests, refuseChanged, refuseUnknown } from "./recorded.js";
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
  /** Of these, a user's whose file is not in the directory; left out where there are none. */
  readonly absent?: string[];
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
  return withConnection(settings, async ({ knex, target }, schema, histories) => {
    const around = { schema, target };
    const statuses = await readStatuses(knex, schema, histories);
    for (const [place, history] of histories.entries()) {
      refuseChanged(statuses[place]?.changed ?? [], history, around);
    }
    if (statuses.every(({ pending }) => pending.length === 0)) {
      return asResult(statuses.map((status) => ({ applied: [], ...before(status) })));
    }
    return locked(knex, schema, histories, async (transaction) => {
      const results: AppliedNames[] = [];
      for (const history of histories) {
        const status = await readStatus(transaction, schema, history);
        refuseChanged(status.changed, history, around);
        const [, applied] = await transaction.migrate.latest(knexSettings(schema, history));
        await recordDigests(transaction, schema, history);
        results.push({ applied, ...before(status) });
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
      const last = await lastHistory(transaction, schema, histories);
      if (last === undefined) return [];
      const { history, status } = last;
      await refuseUnknown(transaction, { schema, target }, history, status);
      const [, undone] = await transaction.migrate.rollback(knexSettings(schema, history));
      return undone;
    });
  });
}

function before({ applied, absent }: MigrationStatus): Omit<AppliedNames, "applied"> {
  return { already: namesOf(applied), ...(absent.length === 0 ? {} : { absent }) };
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
): Promise<{ readonly history: History; readonly status: MigrationStatus } | undefined> {
  let last: { readonly history: History; readonly status: MigrationStatus; readonly at: number } | undefined;
  for (const history of histories) {
    const status = await readStatus(knex, schema, history);
    const { applied } = status;
    const at = Math.max(...applied.map(({ appliedAt }) => appliedAt?.getTime() ?? 0));
    if (applied.length > 0 && (last === undefined || at >= last.at)) last = { history, status, at };
  }
  return last;
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
