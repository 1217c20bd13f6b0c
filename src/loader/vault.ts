import type { StoredToken } from "../masking/index.js";
import type { NeededPrivilege } from "./catalog.js";
import type { Connection } from "./connection.js";
import { asStoreError } from "./errors/database-error.js";
import { explainPrivileges } from "./explain/explain-privileges.js";
import { quoteTable } from "./identifier.js";
import { query } from "./query.js";

/** An entry of the vault. */
export interface VaultedToken extends StoredToken {
  readonly domain: string;
}

const LOOK_UP_PRIVILEGES: readonly NeededPrivilege[] = [
  { table: "tokens", column: "domain", privilege: "SELECT" },
  { table: "tokens", column: "token", privilege: "SELECT" },
  { table: "tokens", column: "key_id", privilege: "SELECT" },
  { table: "tokens", column: "sealed_value", privilege: "SELECT" },
];

const TIMEOUT_MS = 60_000;

/**
 * What the vault holds of these tokens, by token; what is not there is absent. A token is unique across domains, so the
 * caller compares the domain. One attempt: throws `StoreError`.
 */
export async function lookUpTokens(
  connection: Connection,
  schema: string,
  tokens: readonly string[],
): Promise<ReadonlyMap<string, VaultedToken>> {
  const sql = `select domain, token, key_id, sealed_value from ${quoteTable({ schema, name: "tokens" })}
where token = any(?::text[])`;
  try {
    const options = { table: `${schema}.tokens`, timeoutMs: TIMEOUT_MS };
    const rows = await query(connection, sql, [[...tokens]], options);
    return new Map(rows.map((row) => [String(row["token"]), toVaulted(row)]));
  } catch (error) {
    throw await explainPrivileges(connection, asStoreError(error), schema, LOOK_UP_PRIVILEGES);
  }
}

function toVaulted(row: Readonly<Record<string, unknown>>): VaultedToken {
  const sealedValue = row["sealed_value"];
  return {
    domain: String(row["domain"]),
    token: String(row["token"]),
    keyId: String(row["key_id"]),
    sealedValue: Buffer.isBuffer(sealedValue) ? sealedValue : Buffer.alloc(0),
  };
}
