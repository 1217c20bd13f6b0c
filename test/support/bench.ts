import { randomUUID } from "node:crypto";
import pg from "pg";
import { test as plainTest, type TestAPI } from "vitest";
import type { DrainReport } from "../../src/drain/report.js";
import { type CliOptions, type CliResult, type RunningCli, runCli, startCli } from "./cli.js";
import { dropDatabase, openDatabase, openMigratedDatabase, type TestDatabase } from "./database.js";
import { type SqsServer, startSqs, type TestQueue } from "./sqs.js";

/** A masking key that is nobody's: the base64url of 32 bytes. */
export const KEY = "sqs2pg-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/** A drain's exit code and standard error with its report, from its `--json`. */
export interface Drained extends CliResult {
  readonly report: DrainReport;
}

export interface Bench {
  /** One a file. */
  readonly sqs: SqsServer;
  /** The test's own, empty. */
  readonly queue: TestQueue;
  /** The test's own, migrated. */
  readonly database: TestDatabase;
  /** The test's own, with nothing in it at all. */
  readonly emptyDatabase: TestDatabase;
  /** Region, credentials, endpoint and key, and the test's queue: all that `peek` needs. */
  readonly queueEnv: Readonly<Record<string, string>>;
  /** The same with the test's database: all that `drain` needs. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `drain --json` and reads its report. */
  readonly drain: (args?: readonly string[], options?: CliOptions) => Promise<Drained>;
  /** Starts `drain --json`, to interrupt it or to do something else meanwhile. */
  readonly startDrain: (args?: readonly string[], options?: CliOptions) => RunningCli;
}

/** The fixtures of tests that run the real command line between real servers; made only for tests that ask for them. */
export const test: TestAPI<Bench> = plainTest.extend<Bench>({
  sqs: [
    async ({ task: _task }, use) => {
      const server = await startSqs();
      await use(server);
      await server.stop();
    },
    { scope: "file" },
  ],
  queue: async ({ sqs }, use) => {
    await use(sqs.createQueue(`queue-${randomUUID()}`));
  },
  emptyDatabase: async ({ task: _task }, use) => {
    const database = await openDatabase();
    await use(database);
    await dropDatabase(database);
  },
  database: async ({ task: _task }, use) => {
    const database = await openMigratedDatabase();
    await use(database);
    await dropDatabase(database);
  },
  queueEnv: async ({ sqs, queue }, use) => {
    await use({ ...sqs.environment, SQS2PG_QUEUE: queue.name, SQS2PG_MASK_KEY: KEY });
  },
  env: async ({ queueEnv, database }, use) => {
    await use({ ...queueEnv, DATABASE_URL: database.url });
  },
  drain: async ({ env }, use) => {
    await use(async (args = [], options = {}) => {
      const result = await runCli(["drain", "--json", ...args], {
        ...options,
        env: { ...env, ...options.env },
      });
      return { ...result, report: reportOf(result) };
    });
  },
  startDrain: async ({ env }, use) => {
    await use((args = [], options = {}) =>
      startCli(["drain", "--json", ...args], { ...options, env: { ...env, ...options.env } }),
    );
  },
});

/** The report on a drain's standard output, which must be that one document and nothing else. */
export function reportOf(result: CliResult): DrainReport {
  try {
    return JSON.parse(result.stdout);
  } catch {
    throw new Error(`no report, exit code ${result.exitCode}: ${result.stdout}${result.stderr}`);
  }
}

/** All that a report says became of what was received. */
export function outcomes(report: DrainReport): number {
  return report.loaded + report.duplicates + report.rejected + report.released + report.in_doubt;
}

/** Whether a statement waits for a lock in this database. */
export async function somebodyWaits(database: TestDatabase): Promise<boolean> {
  const waiting = await database.query(
    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return waiting.length > 0;
}

/** Does something while another session holds what `statement` locks, in a transaction that is taken back. */
export async function whileLocked(
  database: TestDatabase,
  statement: string,
  action: () => Promise<void>,
): Promise<void> {
  const session = new pg.Client({ connectionString: database.url });
  session.on("error", () => {});
  await session.connect();
  try {
    await session.query("begin");
    await session.query(statement);
    await action();
  } finally {
    await session.end();
  }
}

/**
 * Lets rows wait, and only rows, for as long as somebody else holds `lock table gate`; the first `passes` of them go
 * through. A row that is tried again needs a pass again.
 */
export async function addGate(database: TestDatabase, passes = 0): Promise<void> {
  await database.query("create table gate ()");
  await database.query("create sequence passes increment -1 minvalue -1000000 maxvalue 1000000 start 0");
  await givePasses(database, passes);
  // With its owner's rights: the role that loads need not know of it.
  await database.query(`create function wait() returns trigger language plpgsql security definer as
    'begin if nextval(''passes'') <= 0 then lock table gate in access share mode; end if; return new; end'`);
  await database.query(
    "create trigger wait before insert on user_logins for each row execute function wait()",
  );
}

/** Whether a row waits at the gate: several processes wait for each other before their first receive, too. */
export async function rowWaits(database: TestDatabase): Promise<boolean> {
  const waiting = await database.query(
    "select from pg_locks where relation = to_regclass('gate') and not granted",
  );
  return waiting.length > 0;
}

/** Lets so many rows from now on through the gate, whoever holds it. */
export async function givePasses(database: TestDatabase, passes: number): Promise<void> {
  await database.query("select setval('passes', $1, false)", [passes]);
}

/** The fields of a report without an error, in their order: the design's. */
export const DRAIN_REPORT_FIELDS: readonly string[] = [
  ...["run_id", "queue", "table", "started_at", "finished_at", "duration_ms", "dry_run", "stopped_because"],
  ...[
    "received",
    "loaded",
    "duplicates",
    "rows",
    "superseded",
    "rejected",
    "released",
    "in_doubt",
    "deleted",
    "delete_failed",
  ],
  ...["messages_per_second", "batches", "retries", "requests", "warnings", "rejects", "queue_after"],
];
