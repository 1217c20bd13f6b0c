import { createHash } from "node:crypto";
import type { Knex } from "knex";
import type { KeyClaim, TableClaims } from "../config/key-claims.js";
import { UsageError } from "../errors.js";
import { STRATEGIES } from "../masking/index.js";
import type { Connection } from "./connection.js";
import { toDatabaseError } from "./errors/database-error.js";
import { toStoreError } from "./errors/driver-error.js";
import { quoteTable, tableText } from "./identifier.js";
import type { KeysOfRun } from "./store.js";

export interface ClaimKeysOptions extends KeysOfRun {
  /** Of the bookkeeping. */
  readonly schema: string;
}

/** A mask and domain that were masked with another key until now. */
interface Conflict extends KeyClaim {
  /** The key that is in use. */
  readonly current: string;
}

/**
 * Writes down which keys a run is about to mask with, once it is known that they are those in use: one for each strategy
 * and domain in a database, since rows of all its tables are to join. Throws UsageError `key_changed` when another one is
 * in use and `rotate` was not asked for, `key_not_rotatable` when values would not tell afterwards which key they have,
 * `vault_key_missing` when the vault holds tokens under a key that is not at hand; and `DatabaseError`.
 */
export async function claimKeys(connection: Connection, options: ClaimKeysOptions): Promise<void> {
  const { schema } = options;
  const tables = options.tables.filter(({ claims }) => claims.length > 0);
  if (tables.length === 0) return;
  const { knex, target, user } = connection;
  try {
    await knex.transaction(async (transaction) => {
      await transaction.raw("select pg_advisory_xact_lock(?::bigint)", [lockKey(schema)]);
      const conflicts = conflictsOf(await keysInUse(transaction, schema), claimsOf(tables));
      if (conflicts.length > 0) await replaceKeys(transaction, conflicts, options);
      await requireVaultKeys(transaction, options);
      for (const claimed of tables) {
        await transaction.raw(...endOtherMasks(schema, claimed));
        await transaction.raw(...recordKeys(schema, claimed));
      }
    });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw toDatabaseError(toStoreError(error, { target, user, table: `${schema}.mask_keys` }, false));
  }
}

/**
 * Whether `claimKeys` would go through, without writing anything down: throws as it does. How many of the claims are on
 * record already.
 */
export async function checkKeys(connection: Connection, options: ClaimKeysOptions): Promise<number> {
  const { schema } = options;
  const claims = claimsOf(options.tables);
  const { knex, target, user } = connection;
  try {
    const inUse = await keysInUse(knex, schema);
    refuseConflicts(conflictsOf(inUse, claims), options);
    await requireVaultKeys(knex, options);
    return claims.filter((claim) => inUse.some((use) => isSameUse(use, claim))).length;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw toDatabaseError(toStoreError(error, { target, user, table: `${schema}.mask_keys` }, false));
  }
}

function claimsOf(tables: readonly TableClaims[]): KeyClaim[] {
  return tables.flatMap(({ claims }) => claims);
}

interface KeyInUse {
  readonly strategy: string;
  readonly domain: string;
  readonly key_id: string;
}

async function keysInUse(knex: Knex, schema: string): Promise<readonly KeyInUse[]> {
  const { rows } = await knex.raw(
    `select distinct strategy, domain, key_id from ${quoteTable({ schema, name: "mask_keys" })} where is_current`,
  );
  return rows;
}

function isSameUse({ strategy, domain }: KeyInUse, claim: KeyClaim): boolean {
  return strategy === claim.strategy && domain === claim.domain;
}

function conflictsOf(inUse: readonly KeyInUse[], claims: readonly KeyClaim[]): Conflict[] {
  return claims.flatMap((claim): Conflict[] => {
    const found = inUse.find((use) => isSameUse(use, claim));
    return found === undefined || found.key_id === claim.keyId ? [] : [{ ...claim, current: found.key_id }];
  });
}

function refuseConflicts(conflicts: readonly Conflict[], { rotate }: ClaimKeysOptions): void {
  const [first] = conflicts;
  if (first === undefined) return;
  if (!rotate) throw new UsageError("key_changed", changedText(conflicts, first));
  const fixed = conflicts.find(({ strategy }) => !isRotatable(strategy));
  if (fixed !== undefined) {
    throw new UsageError(
      "key_not_rotatable",
      `column ${fixed.column}: values of ${fixed.strategy} do not say which key they have, so old and new ones could not be told apart: keep the old one for it with key_id: ${fixed.current} in its mask`,
    );
  }
}

async function replaceKeys(
  transaction: Knex.Transaction,
  conflicts: readonly Conflict[],
  options: ClaimKeysOptions,
): Promise<void> {
  refuseConflicts(conflicts, options);
  const { schema } = options;
  if (conflicts.some(({ strategy }) => strategy === "token")) {
    // Waits for statements under way, which give tokens under the key so far.
    await transaction.raw(`lock table ${quoteTable({ schema, name: "tokens" })} in share row exclusive mode`);
  }
  await transaction.raw(
    `update ${quoteTable({ schema, name: "mask_keys" })} as known set is_current = false
     from unnest(?::text[], ?::text[]) as changed(strategy, domain)
     where known.strategy = changed.strategy and known.domain = changed.domain`,
    [conflicts.map(({ strategy }) => strategy), conflicts.map(({ domain }) => domain)],
  );
}

/** Values that can be read back without naming their key would be read wrongly. */
function isRotatable(strategy: KeyClaim["strategy"]): boolean {
  const { namesKey, reversibleBy } = STRATEGIES[strategy];
  return namesKey || reversibleBy !== "key";
}

function changedText(conflicts: readonly Conflict[], { column, strategy, current, keyId }: Conflict): string {
  const others = conflicts.length > 1 ? ` (and ${conflicts.length - 1} more)` : "";
  const harm = STRATEGIES[strategy].joinable ? "new rows would not join with old ones" : "";
  return `the key has changed: column ${column}${others} is masked with ${current} in this database, and the first key is ${keyId} now${harm === "" ? "" : `: ${harm}`}; put ${current} first, or say --rotate if it is meant`;
}

async function requireVaultKeys(
  transaction: Knex,
  { schema, heldIds, tables }: ClaimKeysOptions,
): Promise<void> {
  const domains = claimsOf(tables)
    .filter(({ strategy }) => strategy === "token")
    .map(({ domain }) => domain);
  if (domains.length === 0) return;
  const { rows } = await transaction.raw(
    `select distinct known.key_id from ${quoteTable({ schema, name: "mask_keys" })} as known
     where strategy = 'token' and domain = any(?::text[]) and key_id <> all(?::text[])
       and exists (select from ${quoteTable({ schema, name: "tokens" })} as kept
                   where kept.key_id = known.key_id and kept.domain = known.domain)`,
    [domains, [...heldIds]],
  );
  if (rows.length === 0) return;
  const ids = rows.map(({ key_id: id }: { key_id: string }) => id).join(", ");
  throw new UsageError(
    "vault_key_missing",
    `the vault has tokens under ${ids}, which is not among the keys, so equal values would get other tokens: add the line of that key behind the first one (sqs2pg rewrap makes it dispensable)`,
  );
}

/** A column has one mask at a time: what it was masked with before is history. */
function endOtherMasks(
  schema: string,
  { table, claims }: TableClaims,
): [sql: string, bindings: readonly Knex.RawBinding[]] {
  const sql = `update ${quoteTable({ schema, name: "mask_keys" })} as known set is_current = false
from unnest(?::text[], ?::text[], ?::text[]) as claimed(column_name, strategy, domain)
where known.table_name = ? and known.column_name = claimed.column_name and known.is_current
  and (known.strategy, known.domain) <> (claimed.strategy, claimed.domain)`;
  const columns = claims.map(({ column }) => column);
  const strategies = claims.map(({ strategy }) => strategy);
  return [sql, [columns, strategies, claims.map(({ domain }) => domain), tableText(table)]];
}

/** The statement that writes claims down, and its bindings. */
export function recordKeys(
  schema: string,
  { table, claims }: TableClaims,
): [sql: string, bindings: readonly Knex.RawBinding[]] {
  const sql = `insert into ${quoteTable({ schema, name: "mask_keys" })} as known
  (table_name, column_name, strategy, domain, key_id, is_current)
select ?, claimed.*, true from unnest(?::text[], ?::text[], ?::text[], ?::text[]) as claimed
on conflict (table_name, column_name, strategy, domain, key_id) do update set is_current = true, last_used_at = now()`;
  return [
    sql,
    [
      tableText(table),
      claims.map(({ column }) => column),
      claims.map(({ strategy }) => strategy),
      claims.map(({ domain }) => domain),
      claims.map(({ keyId }) => keyId),
    ],
  ];
}

/** The same number for the same schema in every process. */
function lockKey(schema: string): string {
  return createHash("sha256").update(`sqs2pg/mask-keys/${schema}`).digest().readBigInt64BE().toString();
}
