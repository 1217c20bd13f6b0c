import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
// The key "postgres" of ProvidedContext is declared there, too.
import { MIGRATED } from "./global-setup.js";
import { createDatabase, type PostgresFacts } from "./postgres.js";

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /** The server that it is on, for the cases that need another database or a wrong password. */
  readonly server: PostgresFacts;
  readonly pool: pg.Pool;
  /** The rows of a query. */
  query<R extends pg.QueryResultRow = pg.QueryResultRow>(
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<R[]>;
}

export interface DatabaseOptions {
  /** Brings the new database to where the tests want it, such as by running the migrations. */
  readonly prepare?: (url: string) => Promise<void>;
}

/**
 * A new, empty database for a test file (or a `describe`), made before its first test and gone after its last. Use
 * the result inside of tests and hooks only: before that there is nothing there.
 */
export function useDatabase(options: DatabaseOptions = {}): TestDatabase {
  let opened: TestDatabase | undefined;
  beforeAll(async () => {
    opened = await openDatabase();
    await options.prepare?.(opened.url);
  });
  afterAll(async () => {
    if (opened) await dropDatabase(opened);
  });
  const current = (): TestDatabase => {
    if (!opened) throw new Error("useDatabase: the database is there from beforeAll on, not earlier.");
    return opened;
  };
  return {
    get name() {
      return current().name;
    },
    get url() {
      return current().url;
    },
    get server() {
      return current().server;
    },
    get pool() {
      return current().pool;
    },
    query: (sql, parameters) => current().query(sql, parameters),
  };
}

/** A new, empty database for whoever closes it with `dropDatabase`; on the server of all tests, unless told otherwise. */
export function openDatabase(server: PostgresFacts = inject("postgres")): Promise<TestDatabase> {
  return open(server);
}

/** The same with the migrations applied. */
export function openMigratedDatabase(): Promise<TestDatabase> {
  return open(inject("postgres"), MIGRATED);
}

async function open(server: PostgresFacts, template?: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const url = await createDatabase(server, name, template);
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  // A connection that the server ended while it was idle: tests that restart servers or drop databases do that.
  pool.on("error", () => {});
  return {
    name,
    url,
    server,
    pool,
    query: async <R extends pg.QueryResultRow>(sql: string, parameters: readonly unknown[] = []) =>
      (await pool.query<R>(sql, [...parameters])).rows,
  };
}

/** Closes the pool and drops the database, whoever else is still connected to it. */
export async function dropDatabase({ name, server, pool }: TestDatabase): Promise<void> {
  await pool.end();
  const client = new pg.Client({ ...server, database: "postgres" });
  await client.connect();
  await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
  await client.end();
}
