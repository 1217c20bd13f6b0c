import type { Connection } from "./connection.js";
import { quoteTable } from "./identifier.js";
import { query } from "./query.js";
import { sealKeySql } from "./rewrap-rejects.js";

/** Where a key is in use: a column, as runs have noted it; the vault; the quarantine. */
export type KeyUse =
  | {
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
  | { readonly kind: "vault"; readonly keyId: string; readonly domain: string; readonly count: number }
  | { readonly kind: "quarantine"; readonly keyId: string; readonly queue: string; readonly count: number };

const TIMEOUT_MS = 10 * 60_000;

/** Every use of every key in a database. Throws `StoreError`. */
export async function keyUses(connection: Connection, schema: string): Promise<KeyUse[]> {
  const run = (name: string, sql: string) =>
    query(connection, sql, [], { table: `${schema}.${name}`, timeoutMs: TIMEOUT_MS });
  const table = (name: string): string => quoteTable({ schema, name });
  const columns = await run(
    "mask_keys",
    `select * from ${table("mask_keys")} order by table_name, column_name, is_current desc, last_used_at desc, key_id`,
  );
  const vault = await run(
    "tokens",
    `select key_id, domain, count(*)::integer as count from ${table("tokens")} group by 1, 2 order by 2, 1`,
  );
  const quarantine = await run(
    "rejects",
    `select ${sealKeySql("sealed_body")} as key_id, queue, count(*)::integer as count
     from ${table("rejects")} where sealed_body is not null group by 1, 2 order by 2, 1`,
  );
  return [
    ...columns.map(
      (row): KeyUse => ({
        kind: "column",
        keyId: String(row["key_id"]),
        table: String(row["table_name"]),
        column: String(row["column_name"]),
        strategy: String(row["strategy"]),
        domain: String(row["domain"]),
        isCurrent: row["is_current"] === true,
        firstUsedAt: new Date(String(row["first_used_at"])),
        lastUsedAt: new Date(String(row["last_used_at"])),
      }),
    ),
    ...vault.map(
      ({ key_id: id, domain, count }): KeyUse => ({
        kind: "vault",
        keyId: String(id),
        domain: String(domain),
        count: Number(count),
      }),
    ),
    ...quarantine.map(
      ({ key_id: id, queue, count }): KeyUse => ({
        kind: "quarantine",
        keyId: String(id),
        queue: String(queue),
        count: Number(count),
      }),
    ),
  ];
}

/** Of which columns (or tokens of a domain) a rewrap has found that nothing is left under certain keys. */
export interface EndedUse {
  readonly strategy: string;
  readonly domain: string;
  /** Undefined: of all tables and columns, as with tokens. */
  readonly column: { readonly table: string; readonly name: string } | undefined;
  /** Keys that something is left under. */
  readonly stillInUse: readonly string[];
}

/** Strikes former keys off where nothing is left under them. Throws `StoreError`. */
export async function endKeyUses(
  connection: Connection,
  schema: string,
  ended: readonly EndedUse[],
): Promise<void> {
  for (const { strategy, domain, column, stillInUse } of ended) {
    const sql = `delete from ${quoteTable({ schema, name: "mask_keys" })}
where not is_current and strategy = ? and domain = ? and key_id <> all (?::text[])
  and (?::text is null or (table_name = ?::text and column_name = ?::text))`;
    const bindings = [
      strategy,
      domain,
      [...stillInUse],
      ...(column ? [column.table, column.table, column.name] : [null, null, null]),
    ];
    await query(connection, sql, bindings, { table: `${schema}.mask_keys`, timeoutMs: TIMEOUT_MS });
  }
}
