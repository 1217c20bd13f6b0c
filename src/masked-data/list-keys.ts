import type { Environment } from "../config/key-source.js";
import type { Settings } from "../config/resolve.js";
import { UsageError } from "../errors.js";
import { connect } from "../loader/connection.js";
import { toDatabaseError } from "../loader/errors/database-error.js";
import { type KeyUse, keyUses } from "../loader/key-uses.js";
import { checkMigrations } from "../loader/migrations/require.js";
import { StoreError } from "../loader/store.js";
import { type Keyring, STRATEGIES } from "../masking/index.js";
import { unlessStopped } from "../unless-stopped.js";
import { isNeeded } from "./key-needs.js";

/** Where a key is in use; its field names are the JSON's. */
export type ListedUse =
  | {
      readonly kind: "column";
      readonly table: string;
      readonly column: string;
      readonly strategy: string;
      readonly domain: string;
      /** Whether runs mask with it; else they did so before. */
      readonly current: boolean;
      /** ISO 8601, UTC. */
      readonly first_used_at: string;
      readonly last_used_at: string;
    }
  | { readonly kind: "vault"; readonly domain: string; readonly count: number }
  | { readonly kind: "quarantine"; readonly queue: string; readonly count: number }
  /** Those that had it as their first key. */
  | { readonly kind: "runs"; readonly count: number; readonly last_started_at: string };

export interface ListedKey {
  readonly id: string;
  /** `mask-key`: one key masks and unmasks. `pair`: the public half seals, the private one opens. */
  readonly kind: "mask-key" | "pair";
  /**
   * `primary`: masks. `secondary`: only reads back. `missing`: is needed in the database, and not among the keys.
   * `retired`: is not among them either, and only hashes of before are under it.
   */
  readonly status: "primary" | "secondary" | "missing" | "retired";
  /** Of a pair: whether the private half is there. */
  readonly private?: boolean;
  /** Empty where there is no database, too. */
  readonly uses: readonly ListedUse[];
}

export interface KeyListing {
  /** `host:port/database`; null: none was given. */
  readonly database: string | null;
  readonly keys: readonly ListedKey[];
}

export interface ListKeysOptions {
  /** Aborted: it is given up with `InterruptedError`. */
  readonly stop?: AbortSignal;
  readonly env?: Environment;
}

/**
 * The keys at hand by their ids, and, with a database, where each is in use; never what they are. Throws UsageError
 * `nothing_to_list` when there is neither, and `DatabaseError`.
 */
export async function listKeys(settings: Settings, options: ListKeysOptions = {}): Promise<KeyListing> {
  const { keys, database, bookkeepingSchema: schema } = settings;
  const { env = process.env, stop = new AbortController().signal } = options;
  const held = heldKeys(keys);
  if (database === undefined) {
    if (held.length > 0) return { database: null, keys: held };
    throw new UsageError(
      "nothing_to_list",
      "there is neither a key nor a database to look for keys in: give one by SQS2PG_MASK_KEY or --key, or DATABASE_URL",
    );
  }
  const connection = connect({ ...database, env }, { poolSize: 1 });
  try {
    const looking = (async () => {
      await checkMigrations(connection, schema);
      return keyUses(connection, schema);
    })();
    const uses = await unlessStopped(looking, stop, "interrupted");
    return { database: connection.target, keys: withUses(held, uses) };
  } catch (error) {
    throw error instanceof StoreError ? toDatabaseError(error) : error;
  } finally {
    await connection.close();
  }
}

function heldKeys({ keys, publicKeys, privateKeys }: Keyring): ListedKey[] {
  const statusAt = (index: number): ListedKey["status"] => (index === 0 ? "primary" : "secondary");
  return [
    ...keys.map(({ id }, index): ListedKey => ({ id, kind: "mask-key", status: statusAt(index), uses: [] })),
    ...publicKeys.map(
      ({ id }, index): ListedKey => ({
        ...{ id, kind: "pair", status: statusAt(index), uses: [] },
        private: privateKeys.some((key) => key.id === id),
      }),
    ),
  ];
}

/** Those at hand with their uses, and behind them those that are in use and not at hand. */
function withUses(held: readonly ListedKey[], uses: readonly KeyUse[]): ListedKey[] {
  const usesOf = (id: string): ListedUse[] => uses.filter(({ keyId }) => keyId === id).map(listed);
  const others = uses.filter(({ kind, keyId }) => kind !== "runs" && held.every(({ id }) => id !== keyId));
  const missing = new Set(others.map(({ keyId }) => keyId));
  return [
    ...held.map((key) => ({ ...key, uses: usesOf(key.id) })),
    ...[...missing].map((id): ListedKey => {
      const kind = uses.some((use) => use.keyId === id && isOfPair(use)) ? "pair" : "mask-key";
      const isMissing = others.some((use) => use.keyId === id && isNeeded(use));
      return { id, kind, status: isMissing ? "missing" : "retired", uses: usesOf(id) };
    }),
  ];
}

function isOfPair(use: KeyUse): boolean {
  return use.kind === "column" && use.strategy === STRATEGIES.sealed.name;
}

function listed(use: KeyUse): ListedUse {
  if (use.kind === "vault") return { kind: "vault", domain: use.domain, count: use.count };
  if (use.kind === "quarantine") return { kind: "quarantine", queue: use.queue, count: use.count };
  if (use.kind === "runs") {
    return { kind: "runs", count: use.count, last_started_at: use.lastStartedAt.toISOString() };
  }
  const { kind, table, column, strategy, domain, isCurrent } = use;
  return {
    ...{ kind, table, column, strategy, domain, current: isCurrent },
    first_used_at: use.firstUsedAt.toISOString(),
    last_used_at: use.lastUsedAt.toISOString(),
  };
}
