import pg from "pg";
import type { DrainReport } from "../../src/drain/report.js";
import { startCli } from "../../test/support/cli.js";
import type { LoadServer } from "./load-server.js";
import { type Sample, sampleMemory } from "./memory.js";

/** A masking key that is nobody's. */
export const KEY = "sqs2pg-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

const SAMPLE_EVERY_MS = 250;
const LONGEST_RUN_MS = 60 * 60 * 1_000;

export interface DrainRunOptions {
  readonly server: LoadServer;
  /** Messages on the queue. */
  readonly count: number;
  readonly databaseUrl: string;
  readonly args?: readonly string[];
  /** Of V8's old generation, in MiB. */
  readonly heapMiB: number;
}

/** A finished `drain --json --quiet` and what it took. */
export interface DrainRun {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** Undefined when it ended without one. */
  readonly report: DrainReport | undefined;
  readonly stderr: string;
  readonly seconds: number;
  readonly samples: readonly Sample[];
}

/** Runs the built program to its end, with its heap limited and its memory watched. */
export async function runDrain(options: DrainRunOptions): Promise<DrainRun> {
  const { server, count, databaseUrl, args = [], heapMiB } = options;
  const startedAtMs = performance.now();
  const running = startCli(["drain", "--json", "--quiet", ...args], {
    env: { ...server.environment, SQS2PG_MASK_KEY: KEY, DATABASE_URL: databaseUrl },
    nodeArgs: [`--max-old-space-size=${heapMiB}`],
    timeoutMs: LONGEST_RUN_MS,
  });
  const sampling = sampleMemory(running.pid, SAMPLE_EVERY_MS, () => server.counts().delivered / count);
  const { exitCode, signal, stdout, stderr } = await running.result;
  return {
    exitCode,
    signal,
    report: stdout === "" ? undefined : JSON.parse(stdout),
    stderr,
    seconds: (performance.now() - startedAtMs) / 1_000,
    samples: sampling.stop(),
  };
}

/** What a database holds after a drain. */
export interface Stored {
  readonly rows: number;
  readonly ledger: number;
  readonly rejects: number;
  readonly sealed: number;
}

export async function storedIn(databaseUrl: string): Promise<Stored> {
  const counts = await inDatabase(databaseUrl, (client) =>
    client.query<Stored>(`select
      (select count(*)::integer from user_logins) as rows,
      (select count(*)::integer from sqs2pg.ledger) as ledger,
      (select count(*)::integer from sqs2pg.rejects) as rejects,
      (select count(sealed_body)::integer from sqs2pg.rejects) as sealed`),
  );
  const [stored] = counts.rows;
  if (stored === undefined) throw new Error("no counts");
  return stored;
}

/** Does something with a connection of its own. */
export async function inDatabase<Result>(
  databaseUrl: string,
  action: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await action(client);
  } finally {
    await client.end();
  }
}
