import { type Clock, systemClock } from "../clock.js";
import { parseSchemaName } from "../config/schema-name.js";
import { type Connection, connect } from "./connection.js";
import type { ConnectionSettings } from "./connection-settings.js";
import { createKnexQuarantine } from "./knex-quarantine.js";
import { createKnexStore, type KnexStoreOptions } from "./knex-store.js";
import type { UserFolder } from "./migrations/user-folder.js";
import type { Quarantine } from "./quarantine.js";
import type { TargetStore } from "./store.js";
import type { LoadTarget } from "./target.js";

export interface OpenStoreOptions {
  readonly database: ConnectionSettings;
  /** Of the bookkeeping; `sqs2pg` when absent. */
  readonly schema?: string | undefined;
  readonly targets: readonly LoadTarget[];
  /** A directory with migrations of the user's own: where a table is missing, one of them may be pending. */
  readonly userFolder?: UserFolder | undefined;
  /** Connections at the most: batches loaded at once, and one for the rest. */
  readonly poolSize: number;
  readonly clock?: Clock;
  readonly connectTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
}

/** The store that pipelines load into. Connects when it is first asked for something. Throws `UsageError`. */
export function openStore(options: OpenStoreOptions): TargetStore {
  return createKnexStore(...prepare(options));
}

/** The same for what a replay loads from the sealed rejects. */
export function openQuarantine(options: OpenStoreOptions): Quarantine {
  return createKnexQuarantine(...prepare(options));
}

function prepare(options: OpenStoreOptions): [Connection, KnexStoreOptions] {
  const { database, targets, userFolder, poolSize, clock = systemClock, connectTimeoutMs = 10_000 } = options;
  const schema = parseSchemaName(options.schema);
  const connection = connect(database, { poolSize, connectTimeoutMs });
  const statementTimeoutMs = options.statementTimeoutMs ?? 60_000;
  return [connection, { targets, schema, userFolder, clock, statementTimeoutMs, pruneForMs: 10_000 }];
}
