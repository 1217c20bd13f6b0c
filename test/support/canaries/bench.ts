import { expect, type TestAPI } from "vitest";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import { type Bench, test as benchTest } from "../bench.js";
import { leaksIn, PLANTED, UNMASKED } from "../canaries.js";
import { type CliOptions, type CliResult, type RunningCli, startCli } from "../cli.js";
import { dropDatabase, openDatabase } from "../database.js";
import { type PostgresServer, startPostgres } from "../postgres.js";
import { dumpDatabase, dumpTables } from "./dump.js";

/** A server that writes down all that it is told, parameters and rows of errors included. */
const TALKATIVE = {
  log_line_prefix: "<%d> ",
  log_statement: "all",
  log_min_duration_statement: "0",
  log_min_messages: "debug1",
  log_min_error_statement: "debug1",
  log_parameter_max_length: "-1",
  log_parameter_max_length_on_error: "-1",
  log_error_verbosity: "verbose",
  log_connections: "all",
  shared_preload_libraries: "pg_stat_statements",
  track_activity_query_size: "1MB",
};

/** A drain shows no value at all. */
const OUTPUT = [...PLANTED, UNMASKED];

export interface LeakBench extends Bench {
  /** One a file, and it logs everything. */
  readonly postgres: PostgresServer;
  /**
   * Runs a command at `--log-level debug`. After the test, what it and all others have written, the whole database and
   * the server's log are searched for canaries: one that is found fails the test.
   */
  readonly run: (args: readonly string[], options?: CliOptions) => Promise<CliResult>;
  /** The same for a command that something happens to meanwhile. */
  readonly start: (args: readonly string[], options?: CliOptions) => RunningCli;
}

/** The fixtures of tests that look for what must not get out. */
export const test: TestAPI<LeakBench> = benchTest.extend<
  Pick<LeakBench, "postgres" | "database" | "start" | "run">
>({
  postgres: [
    async ({ task: _task }, use) => {
      const server = await startPostgres({ settings: TALKATIVE });
      await use(server);
      await server.stop();
    },
    { scope: "file" },
  ],
  database: async ({ postgres }, use) => {
    const database = await openDatabase(postgres);
    await migrate({ database: { url: database.url, env: {} } });
    await database.query("create extension pg_stat_statements");
    await use(database);
    const dump = await dumpDatabase(database);
    expect(leaksIn(dump), "in the database").toEqual([]);
    const bookkeeping = await dumpTables(database, "sqs2pg");
    expect(leaksIn(bookkeeping, [UNMASKED]), "in the bookkeeping").toEqual([]);
    const log = entriesOf(await postgres.log(), database.name);
    expect(leaksIn(log), "in PostgreSQL's log").toEqual([]);
    // Otherwise the search may have looked at nothing.
    expect(dump).toContain("_bookkeeping.js");
    expect(log).toContain(database.name);
    await dropDatabase(database);
  },
  start: async ({ env }, use) => {
    const started: Promise<CliResult>[] = [];
    await use((args, options = {}) => {
      const running = startCli([...args, "--log-level", "debug"], {
        ...options,
        env: { ...env, ...options.env },
      });
      started.push(running.result);
      return running;
    });
    for (const { stdout, stderr } of await Promise.all(started)) {
      expect(leaksIn(stdout, OUTPUT), "on stdout").toEqual([]);
      expect(leaksIn(stderr, OUTPUT), "on stderr").toEqual([]);
    }
  },
  run: async ({ start }, use) => {
    await use((args, options) => start(args, options).result);
  },
});

/** What a server's log says of one database, or of none in particular. */
function entriesOf(log: string, database: string): string {
  const entries = log.split(/^(?=<\w*> )/m);
  return entries.filter((entry) => /^(?!<test_)/.test(entry) || entry.startsWith(`<${database}>`)).join("");
}
