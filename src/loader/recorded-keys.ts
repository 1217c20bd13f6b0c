import type { Connection } from "./connection.js";
import { quoteTable } from "./identifier.js";
import { query } from "./query.js";

const TIMEOUT_MS = 10_000;

/**
 * The ids of the keys that values of a mask and domain were masked with into this database; none where it was not
 * written down. Throws `StoreError`.
 */
export async function recordedKeys(
  connection: Connection,
  schema: string,
  { strategy, domain }: { readonly strategy: string; readonly domain: string },
): Promise<readonly string[]> {
  const sql = `select distinct key_id from ${quoteTable({ schema, name: "mask_keys" })} where strategy = ? and domain = ?`;
  const options = { table: `${schema}.mask_keys`, timeoutMs: TIMEOUT_MS };
  const rows = await query(connection, sql, [strategy, domain], options);
  return rows.map((row) => String(row["key_id"]));
}
