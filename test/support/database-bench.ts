import pg from "pg";
import type { TestAPI } from "vitest";
import { migrate } from "../../src/loader/migrations/migrate.js";
import { type Bench, test as benchTest } from "./bench.js";
import type { TestDatabase } from "./database.js";
import { type PostgresServer, startPostgres } from "./postgres.js";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.js";

export interface ProxiedBench extends Bench {
  /** Stands between the drains and the test's database; the test's own queries go past it. */
  readonly proxy: TcpProxy;
}

/** The bench with a fault proxy before the database. */
export const proxied: TestAPI<ProxiedBench> = benchTest.extend<Pick<ProxiedBench, "proxy" | "env">>({
  proxy: async ({ database }, use) => {
    const proxy = await startTcpProxy(database.server);
    await use(proxy);
    await proxy.stop();
  },
  env: async ({ queueEnv, database, proxy }, use) => {
    const url = new URL(database.url);
    url.port = String(proxy.port);
    await use({ ...queueEnv, DATABASE_URL: url.href });
  },
});

export interface CrashBench extends Bench {
  /** The test's own, to be crashed. */
  readonly postgres: PostgresServer;
}

/** The bench with a PostgreSQL of the test's own, on which its database is. */
export const crashable: TestAPI<CrashBench> = benchTest.extend<Pick<CrashBench, "postgres" | "database">>({
  postgres: async ({ task: _task }, use) => {
    const server = await startPostgres();
    await use(server);
    await server.stop();
  },
  database: async ({ postgres }, use) => {
    const name = "crashing";
    const url = await postgres.createDatabase(name);
    await migrate({ database: { url, env: {} } });
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    // Sessions that the restart ended.
    pool.on("error", () => {});
    await use({
      name,
      url,
      server: postgres,
      pool,
      query: async <R extends pg.QueryResultRow>(sql: string, parameters: readonly unknown[] = []) =>
        (await pool.query<R>(sql, [...parameters])).rows,
    });
    await pool.end();
  },
});

/** Rows of user_logins. */
export async function rowCount(database: Pick<TestDatabase, "query">): Promise<number> {
  const [counted] = await database.query<{ count: number }>("select count(*)::integer from user_logins");
  return counted?.count ?? 0;
}

/** Ends the drains' sessions, as an administrator does; how many. */
export async function endSessions(database: Pick<TestDatabase, "query">): Promise<number> {
  const ended = await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'sqs2pg' and datname = current_database()`,
  );
  return ended.length;
}
