import type { Socket } from "node:net";
import knex, { type Knex } from "knex";
import { dialectWith } from "./connection-dialect.js";
import { openClient } from "./connection-open.js";
import { type ConnectionSettings, planConnection } from "./connection-settings.js";
import { describeTarget } from "./connection-target.js";

interface PoolOptions {
  /** Connections at the most; none is opened before it is needed. */
  readonly poolSize: number;
  /** For a connection to be up, in milliseconds. */
  readonly connectTimeoutMs?: number;
  /** An error's stack shows where its statement was made; slower. */
  readonly tracesStatements?: boolean;
}

/** A pool of connections with what messages need to know about it. */
export interface Connection {
  readonly knex: Knex;
  /** `host:port/database` */
  readonly target: string;
  /** The role, for messages. */
  readonly user: string;
  close(): Promise<void>;
}

/** A statement that is still under way when the pool is closed, such as one that waits for a lock, is cut off then. */
const CLOSE_GRACE_MS = 500;

/** The services that hand out AWS's credentials may take their time, before the first connection is tried. */
const CREDENTIALS_MS = 10_000;

const SILENT = { warn: ignore, error: ignore, deprecate: ignore, debug: ignore };

/** Settings to a pool; nothing is connected yet. Throws `UsageError` for settings that cannot be used. */
export function connect(settings: ConnectionSettings, options: PoolOptions): Connection {
  const plan = planConnection(settings);
  const connectTimeoutMs = options.connectTimeoutMs ?? plan.connectTimeoutMs ?? 10_000;
  const credentialsMs = plan.password.isNeeded ? CREDENTIALS_MS : 0;
  const openMs = connectTimeoutMs * plan.tls.attempts.length + credentialsMs;
  const sockets = new Set<Socket>();
  const pool = knex({
    client: dialectWith(() => openClient(plan, { timeoutMs: connectTimeoutMs, sockets })),
    // Knex has no pool without; what it says is not looked at.
    connection: {},
    pool: {
      min: 0,
      max: options.poolSize,
      createTimeoutMillis: openMs + 1_000,
      acquireTimeoutMillis: openMs + 2_000,
      afterCreate: makeDurable,
    },
    log: SILENT,
    asyncStackTraces: options.tracesStatements === true,
    // Knex quotes the statement in errors: without the values of its rows.
    compileSqlOnError: false,
  });
  return {
    knex: pool,
    target: describeTarget(plan.client),
    user: plan.client.user || "(none given)",
    close: async () => {
      const cutOff = (): void => {
        for (const socket of sockets) socket.destroy();
      };
      const timer = setTimeout(cutOff, CLOSE_GRACE_MS);
      await pool.destroy();
      clearTimeout(timer);
      cutOff();
    },
  };
}

interface RawConnection {
  query(sql: string, done: (error: Error | null) => void): void;
}

/**
 * A message is deleted for good once its row has committed, so a commit must not rest on a flush that is still to
 * come, which a role or a database may be set to.
 * https://www.postgresql.org/docs/current/wal-async-commit.html
 */
function makeDurable(
  connection: RawConnection,
  done: (error: Error | null, connection: RawConnection) => void,
): void {
  connection.query(
    "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'",
    (error) => done(error, connection),
  );
}

function ignore(): void {}
