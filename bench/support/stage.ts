import { migrate } from "../../src/loader/migrations/migrate.js";
import { type PostgresServer, startPostgres } from "../../test/support/postgres.js";
import { type BenchSqs, startCannedSqs } from "./bench-sqs/start.js";
import { inDatabase, KEY } from "./drain-run.js";

const TEMPLATE = "bench_template";

/** The two servers that a run stands between. */
export interface Stage {
  readonly sqs: BenchSqs;
  readonly postgres: PostgresServer;
  readonly postgresVersion: string;
  /** Does something with a database of its own that has all tables and no rows. */
  withDatabase<Result>(action: (databaseUrl: string) => Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

export async function openStage(startQueue: () => Promise<BenchSqs> = startCannedSqs): Promise<Stage> {
  const postgres = await startPostgres();
  const sqs = await startQueue();
  const admin = postgres.url("postgres");
  await migrate({ database: { url: await postgres.createDatabase(TEMPLATE), env: {} } });
  const postgresVersion = await inDatabase(admin, async (client) => {
    const { rows } = await client.query("show server_version");
    return String(rows[0]?.server_version);
  });
  let number = 0;
  return {
    sqs,
    postgres,
    postgresVersion,
    withDatabase: async (action) => {
      number += 1;
      const name = `bench_${number}`;
      try {
        return await action(await postgres.createDatabase(name, TEMPLATE));
      } finally {
        await inDatabase(admin, (client) => client.query(`drop database if exists ${name} with (force)`));
      }
    },
    stop: async () => {
      await sqs.stop();
      await postgres.stop();
    },
  };
}

/** What a program needs to find both servers. */
export function environmentOf(stage: Stage, databaseUrl: string): Readonly<Record<string, string>> {
  return { ...stage.sqs.environment, DATABASE_URL: databaseUrl, SQS2PG_MASK_KEY: KEY };
}

export async function rowsIn(databaseUrl: string): Promise<number> {
  return inDatabase(databaseUrl, async (client) => {
    const { rows } = await client.query("select count(*)::integer as rows from user_logins");
    return Number(rows[0]?.rows);
  });
}
