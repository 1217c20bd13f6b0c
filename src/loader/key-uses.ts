import type { NeededPrivilege } from "./catalog.js";
import type { Connection } from "./connection.js";
import { asStoreError } from "./errors/database-error.js";
import { explainPrivileges } from "./explain/explain-privileges.js";
import { quoteTable } from "./identifier.js";
import { dateOf, query } from "./query.js";
import { sealKeySql } from "./rewrap-rejects.js";

/** A column that values were masked with a key for, as runs have noted it. */
export interface ColumnUse {
  readonly kind: "column";
  readonly keyId: string;
  /** The table as pipelines name it. */
  readonly table: string;
  readonly column: string;
  readonly strategy: string;
  readonly domain: string;
  /** Whether runs mask with it; else they did so before. */
  readonly isCurrent: boolean;
  readonly firstUsedAt: Date;
  readonly lastUsedAt: Date;
}

/** Where a key is in use: a column; the vault; the quarantine. Runs only have begun with it as their first key. */
export type KeyUse =
  | ColumnUse
  | { readonly kind: "vault"; readonly keyId: string; readonly domain: string; readonly count: number }
  | { readonly kind: "quarantine"; readonly keyId: string; readonly queue: string; readonly count: number }
  | { readonly kind: "runs"; readonly keyId: string; readonly count: number; readonly lastStartedAt: Date };

const TIMEOUT_MS = 10 * 60_000;

const READING_PRIVILEGES: readonly NeededPrivilege[] = [
  { table: "mask_keys", column: "key_id", privilege: "SELECT" },
  { table: "tokens", column: "key_id", privilege: "SELECT" },
  { table: "rejects", column: "sealed_body", privilege: "SELECT" },
  { table: "runs", column: "key_id", privilege: "SELECT" },
];

/** Every use of every key in a database. Throws `StoreError`, which names the privileges that are missing. */
export async function keyUses(connection: Connection, schema: string): Promise<KeyUse[]> {
  try {
    return [
      ...(await columnUses(connection, schema)),
      ...(await vaultUses(connection, schema)),
      ...(await quarantineUses(connection, schema)),
      ...(await runsOfKeys(connection, schema)),
    ];
  } catch (error) {
    throw await explainPrivileges(connection, asStoreError(error), schema, READING_PRIVILEGES);
  }
}

/** What runs have noted. Throws `StoreError`, also where it takes longer than `timeoutMs`. */
export async function columnUses(
  connection: Connection,
  schema: string,
  timeoutMs: number = TIMEOUT_MS,
): Promise<ColumnUse[]> {
  const rows = await query(
    connection,
    `select * from ${quoteTable({ schema, name: "mask_keys" })}
order by table_name, column_name, is_current desc, last_used_at desc, key_id`,
    [],
    { table: `${schema}.mask_keys`, timeoutMs },
  );
  return rows.map((row) => ({
    kind: "column",
    keyId: String(row["key_id"]),
    table: String(row["table_name"]),
    column: String(row["column_name"]),
    strategy: String(row["strategy"]),
    domain: String(row["domain"]),
    isCurrent: row["is_current"] === true,
    firstUsedAt: dateOf(row["first_used_at"]),
    lastUsedAt: dateOf(row["last_used_at"]),
  }));
}

async function vaultUses(connection: Connection, schema: string): Promise<KeyUse[]> {
  const rows = await query(
    connection,
    `select key_id, domain, count(*) as count from ${quoteTable({ schema, name: "tokens" })} group by 1, 2 order by 2, 1`,
    [],
    { table: `${schema}.tokens`, timeoutMs: TIMEOUT_MS },
  );
  return rows.map(({ key_id: id, domain, count }) => ({
    kind: "vault",
    keyId: String(id),
    domain: String(domain),
    count: Number(count),
  }));
}

async function quarantineUses(connection: Connection, schema: string): Promise<KeyUse[]> {
  const rows = await query(
    connection,
    `select ${sealKeySql("sealed_body")} as key_id, queue, count(*) as count
from ${quoteTable({ schema, name: "rejects" })} where sealed_body is not null group by 1, 2 order by 2, 1`,
    [],
    { table: `${schema}.rejects`, timeoutMs: TIMEOUT_MS },
  );
  return rows.map(({ key_id: id, queue, count }) => ({
    kind: "quarantine",
    keyId: String(id),
    queue: String(queue),
    count: Number(count),
  }));
}

async function runsOfKeys(connection: Connection, schema: string): Promise<KeyUse[]> {
  const rows = await query(
    connection,
    `select key_id, count(*) as count, max(started_at) as last_started_at
from ${quoteTable({ schema, name: "runs" })} where key_id is not null group by 1 order by 1`,
    [],
    { table: `${schema}.runs`, timeoutMs: TIMEOUT_MS },
  );
  return rows.map(({ key_id: id, count, last_started_at: lastStartedAt }) => ({
    kind: "runs",
    keyId: String(id),
    count: Number(count),
    lastStartedAt: dateOf(lastStartedAt),
  }));
}

/** Of which columns (or tokens of a domain) a rewrap has found that nothing is left under certain keys. */
export interface EndedUse {
  readonly strategy: string;
  readonly domain: string;
  /** Undefined: of all tables and columns, as with tokens. */
  readonly column: { readonly table: string; readonly name: string } | undefined;
  /** Keys that something is left under, or may be added. */
  readonly stillInUse: readonly string[];
}

/** Strikes former keys off where nothing is left under them. Throws `StoreError`. */
export async function endKeyUses(
  connection: Connection,
  schema: string,
  ended: readonly EndedUse[],
): Promise<void> {
  const sql = `delete from ${quoteTable({ schema, name: "mask_keys" })} as known
where not is_current and strategy = ? and domain = ? and key_id <> all (?::text[])
  and (?::text is null or (table_name = ?::text and column_name = ?::text))
  and (strategy <> 'token' or not exists (
    select from ${quoteTable({ schema, name: "tokens" })} as kept where kept.domain = known.domain and kept.key_id = known.key_id
  ))`;
  for (const { strategy, domain, column, stillInUse } of ended) {
    const which = column === undefined ? [null, null, null] : [column.table, column.table, column.name];
    const bindings = [strategy, domain, [...stillInUse], ...which];
    await query(connection, sql, bindings, { table: `${schema}.mask_keys`, timeoutMs: TIMEOUT_MS });
  }
}
