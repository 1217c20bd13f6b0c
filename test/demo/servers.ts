import { randomBytes } from "node:crypto";
import { type PostgresServer, startPostgres } from "../support/postgres.js";
import { type SqsServer, startSqs, type TestQueue } from "../support/sqs.js";

export interface DemoServers {
  readonly queue: TestQueue;
  readonly postgres: PostgresServer;
  readonly databaseUrl: string;
  /** All that sqs2pg needs to be told. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const QUEUE = "login-queue";
const DATABASE = "analytics";

/** Starts an SQS server in this process and a PostgreSQL beside it, with an empty queue and an empty database. */
export async function startServers(): Promise<DemoServers> {
  const postgres = await startPostgres();
  try {
    const databaseUrl = await postgres.createDatabase(DATABASE);
    const sqs = await startSqs();
    const dead = sqs.createQueue(`${QUEUE}-dead-letters`);
    return {
      queue: sqs.createQueue(QUEUE, { deadLetter: { queue: dead, maxReceiveCount: 5 } }),
      postgres,
      databaseUrl,
      environment: environmentFor(sqs, databaseUrl),
      stop: async () => {
        await Promise.allSettled([sqs.stop(), postgres.stop()]);
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

function environmentFor(sqs: SqsServer, databaseUrl: string): Record<string, string> {
  const { AWS_CONFIG_FILE: _config, AWS_SHARED_CREDENTIALS_FILE: _credentials, ...aws } = sqs.environment;
  return {
    ...aws,
    SQS2PG_QUEUE: QUEUE,
    DATABASE_URL: databaseUrl,
    SQS2PG_MASK_KEY: `sqs2pg-key-1:${randomBytes(32).toString("base64url")}`,
  };
}
