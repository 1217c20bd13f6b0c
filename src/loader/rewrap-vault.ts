import type { StoredToken } from "../masking/index.js";
import type { Connection } from "./connection.js";
import { quoteTable } from "./identifier.js";
import { query } from "./query.js";
import { StoreError } from "./store.js";

/** What the vault is to hold of a token under the key that is wanted. */
export interface RewrappedToken {
  readonly token: string;
  /** The key that it was under. */
  readonly keyId: string;
  readonly blindIndex: Buffer;
  readonly sealedValue: Buffer;
}

/** Places in the list of entries. */
export interface ReplacedTokens {
  readonly done: ReadonlySet<number>;
  /** Their values have entries under the wanted key already. */
  readonly taken: ReadonlySet<number>;
}

/** One attempt at one statement each: every method throws `StoreError`. */
export interface RewrapVault {
  /** Entries under other keys than the wanted one, by key. */
  counts(): Promise<ReadonlyMap<string, number>>;
  /** Such entries of one key, in the order of their tokens, after the last one of the page before. */
  page(keyId: string, afterToken: string, limit: number): Promise<StoredToken[]>;
  /**
   * Replaces the entries that are still what they were and that nobody else is at. Throws `key_changed` when another key
   * than the wanted one has been made the current one.
   */
  replace(entries: readonly RewrappedToken[]): Promise<ReplacedTokens>;
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
      const sql = `select key_id, count(*) as count from ${tokens} where domain = ? and key_id <> ? group by 1 order by 1`;
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

    replace: async (entries) => {
      const names = entries.map(({ token }) => token);
      const [answer] = await run(replaceSql(tokens, quoteTable({ schema, name: "mask_keys" })), [
        names,
        entries.map(({ keyId }) => keyId),
        entries.map(({ blindIndex }) => blindIndex),
        entries.map(({ sealedValue }) => sealedValue),
        ...[domain, domain, wantedKeyId, names, wantedKeyId, domain],
      ]);
      if (answer?.["superseded"] === true) throw superseded();
      return { done: numbers(answer?.["done"]), taken: numbers(answer?.["taken"]) };
    },
  };
}

/**
 * Drains look values up under all keys that they hold, and a statement sees an entry either as it was or as it is: so they
 * find it in any case. But drains whose first key is yet another one need not hold this one: under a key that has been
 * replaced nothing goes into the vault.
 */
function replaceSql(tokens: string, maskKeys: string): string {
  return `with wanted as materialized (
  select *, position - 1 as number from unnest(?::text[], ?::text[], ?::bytea[], ?::bytea[])
    with ordinality as w(token, key_id, blind_index, sealed_value, position)
), taken as materialized (
  select number from wanted join ${tokens} as other on other.domain = ? and other.blind_index = wanted.blind_index
  where other.token <> wanted.token
), superseded as materialized (
  select from ${maskKeys} where strategy = 'token' and domain = ? and is_current and key_id <> ?
), free as materialized (
  select token from ${tokens} where token = any (?::text[]) order by token for update skip locked
), done as (
  update ${tokens} as t set blind_index = w.blind_index, sealed_value = w.sealed_value, key_id = ?
  from wanted as w join free using (token)
  where t.token = w.token and t.key_id = w.key_id and t.domain = ?
    and not exists (select from superseded) and w.number not in (select number from taken)
  returning w.number
)
select array(select number::integer from done) as done, array(select number::integer from taken) as taken,
  exists (select from superseded) as superseded`;
}

function numbers(value: unknown): ReadonlySet<number> {
  return new Set(Array.isArray(value) ? value.map(Number) : []);
}

/** Somebody has rotated the keys again, away from the one that is wanted. */
function superseded(): StoreError {
  return new StoreError(
    "fatal",
    "another masking key was made the current one while this was under way: start it again with that key first",
    { code: "key_changed" },
  );
}
