import type { StoredToken } from "../masking/index.js";
import type { Connection } from "./connection.js";
import { quoteTable } from "./identifier.js";
import { query } from "./query.js";

/** What the vault is to hold of a token under the key that is wanted. */
export interface RewrappedToken {
  readonly token: string;
  /** The key that it was under. */
  readonly keyId: string;
  readonly blindIndex: Buffer;
  readonly sealedValue: Buffer;
}

/** One attempt at one statement each: every method throws `StoreError`. */
export interface RewrapVault {
  /** Entries under other keys than the wanted one, by key. */
  counts(): Promise<ReadonlyMap<string, number>>;
  /** Such entries of one key, in the order of their tokens, after the last one of the page before. */
  page(keyId: string, afterToken: string, limit: number): Promise<StoredToken[]>;
  /** Replaces entries that are still what they were, unless the value has another entry; the number of those replaced. */
  update(entries: readonly RewrappedToken[]): Promise<number>;
}

const TIMEOUT_MS = 120_000;

/** The vault's entries of one domain. */
export function createRewrapVault(
  connection: Connection,
  schema: string,
  domain: string,
  wantedKeyId: string,
): RewrapVault {
  const tokens = quoteTable({ schema, name: "tokens" });
  const run = (sql: string, bindings: readonly unknown[]) =>
    query(connection, sql, bindings, { table: `${schema}.tokens`, timeoutMs: TIMEOUT_MS });
  return {
    counts: async () => {
      const sql = `select key_id, count(*)::integer as count from ${tokens} where domain = ? and key_id <> ? group by 1`;
      const rows = await run(sql, [domain, wantedKeyId]);
      return new Map(rows.map(({ key_id: id, count }) => [String(id), Number(count)]));
    },
    page: async (keyId, afterToken, limit) => {
      const sql = `select token, sealed_value from ${tokens}
where key_id = ? and token > ? and domain = ? order by token limit ?::integer`;
      const rows = await run(sql, [keyId, afterToken, domain, limit]);
      return rows.map(({ token, sealed_value: sealed }) => ({
        token: String(token),
        keyId,
        sealedValue: Buffer.isBuffer(sealed) ? sealed : Buffer.alloc(0),
      }));
    },
    update: async (entries) => {
      const sql = `update ${tokens} as t
set blind_index = v.blind_index, sealed_value = v.sealed_value, key_id = ?
from unnest(?::text[], ?::text[], ?::bytea[], ?::bytea[]) as v(token, key_id, blind_index, sealed_value)
where t.token = v.token and t.key_id = v.key_id
  and not exists (select from ${tokens} as other where other.domain = t.domain and other.blind_index = v.blind_index)
returning 1 as done`;
      const rows = await run(sql, [
        wantedKeyId,
        entries.map(({ token }) => token),
        entries.map(({ keyId }) => keyId),
        entries.map(({ blindIndex }) => blindIndex),
        entries.map(({ sealedValue }) => sealedValue),
      ]);
      return rows.length;
    },
  };
}
