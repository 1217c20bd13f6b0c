import type { Knex } from "knex";
import { DatabaseError, UsageError } from "../errors.js";
import type { NeededPrivilege } from "./catalog.js";
import type { Connection } from "./connection.js";
import { toDatabaseError } from "./errors/database-error.js";
import { toStoreError } from "./errors/driver-error.js";
import { explainPrivileges } from "./explain/explain-privileges.js";
import { quoteTable } from "./identifier.js";
import { requireMigrations } from "./migrations/require.js";
import { rawBindings } from "./query.js";
import {
  finishLogSql,
  LOG_PRIVILEGES,
  startLogBindings,
  startLogSql,
  type UnmaskLogEntry,
} from "./unmask-log.js";

/** A value by what the vault may know it as, in one domain and under one key. */
export interface VaultName {
  /** Which of the values: its place. */
  readonly place: number;
  readonly domain: string;
  /** 32 bytes. */
  readonly blindIndex: Buffer;
}

export interface ForgetOptions {
  /** Of the bookkeeping. */
  readonly schema: string;
  /** Nothing is looked for in others. */
  readonly domains: readonly string[];
  readonly names: readonly VaultName[];
  readonly tokens: readonly { readonly place: number; readonly token: string }[];
  /** The ids of the keys that `names` were made with. */
  readonly heldIds: readonly string[];
  /** Looks only, and writes nothing down. */
  readonly dryRun: boolean;
  readonly entry: UnmaskLogEntry;
  /** How many values there are. */
  readonly values: number;
}

export interface Forgotten {
  /** How many of the values the vault had. */
  readonly found: number;
  /** Entries by domain; no domain without one. */
  readonly entries: ReadonlyMap<string, number>;
  /** The id of the entry in the log; null after a dry run. */
  readonly logEntry: number | null;
}

const PRIVILEGES: readonly NeededPrivilege[] = [
  ...LOG_PRIVILEGES,
  { table: "tokens", column: "domain", privilege: "SELECT" },
  { table: "tokens", column: "blind_index", privilege: "SELECT" },
  { table: "tokens", column: "token", privilege: "SELECT" },
  { table: "tokens", column: "key_id", privilege: "SELECT" },
  { table: "tokens", privilege: "DELETE" },
];

/** For statements that give tokens to end. */
const LOCK_TIMEOUT = "30s";
const TIMEOUT_MS = 10 * 60_000;

/**
 * Deletes the vault entries of values, and writes down that it was done: in one transaction. It waits for loads under way
 * and makes others wait, for a moment: an entry that somebody is just about to make, or to move to another key, would not
 * be seen otherwise, and stay. Throws UsageError `vault_key_missing` when a value may be there under a key that is not
 * held, and `DatabaseError`; then nothing was deleted.
 */
export async function forgetEntries(connection: Connection, options: ForgetOptions): Promise<Forgotten> {
  const { knex, target, user } = connection;
  const { schema, dryRun } = options;
  try {
    await requireMigrations(knex, schema, target);
    return await knex.transaction(async (transaction) => {
      await transaction.raw(`set transaction isolation level read committed${dryRun ? " read only" : ""}`);
      if (!dryRun) {
        await transaction.raw(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
        await transaction.raw(`lock table ${tokensOf(schema)} in share row exclusive mode`);
      }
      await requireHeldKeys(transaction, options);
      const counted = await deleted(transaction, options);
      return { ...counted, logEntry: dryRun ? null : await writeDown(transaction, options, counted.found) };
    });
  } catch (error) {
    if (error instanceof DatabaseError || error instanceof UsageError) throw error;
    const failure = toStoreError(error, { target, user, table: `${schema}.tokens` }, true);
    throw toDatabaseError(await explainPrivileges(connection, failure, schema, PRIVILEGES));
  }
}

function tokensOf(schema: string): string {
  return quoteTable({ schema, name: "tokens" });
}

/** A token is found whatever its key is; a value only under a key that is held. */
async function requireHeldKeys(
  transaction: Knex.Transaction,
  { schema, names, domains, heldIds }: ForgetOptions,
): Promise<void> {
  if (names.length === 0) return;
  const tokens = tokensOf(schema);
  // From one key id to the next by the index: there are few, and many entries.
  const { rows } = await transaction.raw(
    `with recursive ids as (
  (select key_id from ${tokens} order by key_id limit 1)
  union all
  select (select key_id from ${tokens} where key_id > ids.key_id order by key_id limit 1) from ids
  where ids.key_id is not null
)
select key_id from ids where key_id <> all(?::text[])
  and exists (select from ${tokens} as kept where kept.key_id = ids.key_id and kept.domain = any(?::text[]))`,
    [[...heldIds], [...domains]],
  );
  if (rows.length === 0) return;
  const ids = rows.map(({ key_id: id }: { key_id: string }) => id).join(", ");
  throw new UsageError(
    "vault_key_missing",
    `the vault has tokens under ${ids}, which is not among the keys, so a value could be there unseen, and nothing was deleted: add the line of that key (sqs2pg rewrap makes it dispensable)`,
  );
}

async function deleted(
  transaction: Knex.Transaction,
  { schema, domains, names, tokens, dryRun }: ForgetOptions,
): Promise<Omit<Forgotten, "logEntry">> {
  const kept = tokensOf(schema);
  const gone = dryRun
    ? "select domain from entries"
    : `delete from ${kept} as kept using entries
  where kept.domain = entries.domain and kept.blind_index = entries.blind_index returning kept.domain`;
  const sql = `with found as materialized (
  select place, kept.domain, kept.blind_index
  from unnest(?::bigint[], ?::text[], ?::bytea[]) as named(place, domain, blind_index)
  join ${kept} as kept using (domain, blind_index)
  union
  select place, kept.domain, kept.blind_index
  from unnest(?::bigint[], ?::text[]) as given(place, token)
  join ${kept} as kept using (token) where kept.domain = any(?::text[])
), entries as (
  select distinct domain, blind_index from found
), gone as (
  ${gone}
)
select domain, count(*)::integer as count, (select count(distinct place)::integer from found) as found
from gone group by domain`;
  const bindings = [
    names.map(({ place }) => place),
    names.map(({ domain }) => domain),
    names.map(({ blindIndex }) => blindIndex),
    tokens.map(({ place }) => place),
    tokens.map(({ token }) => token),
    [...domains],
  ];
  const { rows } = await transaction.raw(sql, rawBindings(bindings)).timeout(TIMEOUT_MS);
  const entries = rows.map(
    ({ domain, count }: { domain: string; count: number }) => [domain, count] as const,
  );
  return { found: rows[0]?.found ?? 0, entries: new Map(entries) };
}

async function writeDown(
  transaction: Knex.Transaction,
  { schema, entry, values }: ForgetOptions,
  found: number,
): Promise<number> {
  const { rows } = await transaction.raw(startLogSql(schema), rawBindings(startLogBindings(entry)));
  const id = Number(rows[0]?.id);
  await transaction.raw(finishLogSql(schema), [found, values - found, id]);
  return id;
}
