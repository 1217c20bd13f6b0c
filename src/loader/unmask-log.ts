import { hostname, userInfo } from "node:os";
import type { TableName } from "../config/pipeline.js";
import { DatabaseError } from "../errors.js";
import { version } from "../version.js";
import type { NeededPrivilege } from "./catalog.js";
import type { Connection } from "./connection.js";
import { toDatabaseError } from "./errors/database-error.js";
import { toStoreError } from "./errors/driver-error.js";
import { explainPrivileges } from "./explain/explain-privileges.js";
import { quoteTable, tableText } from "./identifier.js";
import { requireMigrations } from "./migrations/require.js";
import { query, rawBindings } from "./query.js";
import { toStorableText } from "./storable.js";

/** Where the values came from. */
export type UnmaskSource = "arguments" | "stdin" | "csv" | "rows";

/** What the log is to say before the first value is shown. There is no value in it, unless the filter names some. */
export interface UnmaskLogEntry {
  readonly command: "unmask" | "forget";
  readonly source: UnmaskSource;
  readonly table: TableName;
  /** Columns of the pipeline whose masks are concerned. */
  readonly columns: readonly string[];
  /** Which rows, as it was asked for. */
  readonly filter: string | null;
}

export interface UnmaskLogEnd {
  readonly done: number;
  readonly failed: number;
}

/** What writing to the log needs: the columns that somebody could forge are none of them. */
export const LOG_PRIVILEGES: readonly NeededPrivilege[] = [
  { table: "migrations", column: "name", privilege: "SELECT" },
  { table: "unmask_log", column: "os_user", privilege: "INSERT" },
  { table: "unmask_log", column: "id", privilege: "SELECT" },
  { table: "unmask_log", column: "finished_at", privilege: "UPDATE" },
];

const TIMEOUT_MS = 60_000;

/**
 * Commits an entry, and proves that it can be completed; its id. Throws `DatabaseError`: `migrations_pending`, or the
 * privileges that are missing.
 */
export async function startUnmaskLog(
  connection: Connection,
  schema: string,
  entry: UnmaskLogEntry,
): Promise<number> {
  const { knex, target, user } = connection;
  try {
    await requireMigrations(knex, schema, target);
    return await knex.transaction(async (transaction) => {
      const started = transaction.raw(startLogSql(schema), rawBindings(startLogBindings(entry)));
      const { rows } = await started.timeout(TIMEOUT_MS);
      const id = Number(rows[0]?.id);
      await transaction.raw(provesSql(schema), [id]);
      return id;
    });
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    const failure = toStoreError(error, { target, user, table: `${schema}.unmask_log` }, false);
    throw toDatabaseError(await explainPrivileges(connection, failure, schema, LOG_PRIVILEGES));
  }
}

/** Completes an entry. One attempt, which can be made again when its outcome is unknown: throws `StoreError`. */
export async function finishUnmaskLog(
  connection: Connection,
  schema: string,
  id: number,
  { done, failed }: UnmaskLogEnd,
): Promise<void> {
  const onLog = { table: `${schema}.unmask_log`, timeoutMs: TIMEOUT_MS };
  await query(connection, finishLogSql(schema), [done, failed, id], onLog);
}

/** Completes an entry: how many, how many not, and its id. */
export function finishLogSql(schema: string): string {
  return `update ${quoteTable({ schema, name: "unmask_log" })}
set finished_at = clock_timestamp(), values_done = ?::bigint, values_failed = ?::bigint where id = ?::bigint`;
}

export function startLogSql(schema: string): string {
  return `insert into ${quoteTable({ schema, name: "unmask_log" })}
  (command, os_user, host, source, table_name, columns, filter, version)
values (?, ?, ?, ?, ?, ?::text[], ?, ?) returning id`;
}

export function startLogBindings({ command, source, table, columns, filter }: UnmaskLogEntry): unknown[] {
  return [
    command,
    toStorableText(osUser()),
    toStorableText(hostname()),
    source,
    tableText(table),
    [...columns],
    filter === null ? null : toStorableText(filter),
    version,
  ];
}

/** Changes nothing of the new entry, and needs the privilege to complete it. */
function provesSql(schema: string): string {
  return `update ${quoteTable({ schema, name: "unmask_log" })}
set finished_at = null, values_done = null, values_failed = null where id = ?::bigint`;
}

/** A container may run as a user that has no name. */
function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
