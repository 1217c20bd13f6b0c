import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { type Account, postgresAccount, temporaryRoot } from "./postgres/account.js";
import { postgresBinaries } from "./postgres/binaries.js";
import { type GuardedProcess, type StopMode, startGuarded } from "./postgres/guarded-process.js";

export type { StopMode } from "./postgres/guarded-process.js";

export interface PostgresFacts {
  readonly host: string;
  readonly port: number;
  /** A superuser. */
  readonly user: string;
  /** Checked by the server (scram-sha-256), so that a wrong one fails. */
  readonly password: string;
}

export interface PostgresServer extends PostgresFacts {
  readonly dataFolder: string;
  /** A connection URI of the database. */
  url(database: string): string;
  /** Resolves to the new database's URI. */
  createDatabase(name: string, template?: string): Promise<string>;
  /** Ends the server and starts it again on the same port and data; `immediate` is a crash with recovery. */
  restart(mode: StopMode): Promise<void>;
  /** What the server has written to its log so far. */
  log(): Promise<string>;
  /** Ends the server and removes its folder; harmless when called again. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Server settings on top of ours, such as `{ timezone: "Asia/Tokyo" }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * A commit survives a crash of the server (synchronous_commit stays on) but not one of the machine: fsync is off, since
 * the data live as long as the tests do.
 */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  fsync: "off",
  full_page_writes: "off",
  timezone: "UTC",
};

const run = promisify(execFile);

/**
 * Starts a real PostgreSQL in a new temporary folder on a free port of 127.0.0.1. Server and folder go when `stop` is
 * called, and also when this process ends without having called it, however it ends.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const account = await postgresAccount();
  const folder = await mkdtemp(join(await temporaryRoot(account), "sqs2pg-postgres-"));
  try {
    return await startIn(folder, account, { ...SETTINGS, ...options.settings });
  } catch (error) {
    await remove(folder);
    throw error;
  }
}

async function startIn(
  folder: string,
  account: Account,
  settings: Readonly<Record<string, string>>,
): Promise<PostgresServer> {
  if (account.uid !== undefined && account.gid !== undefined) await chown(folder, account.uid, account.gid);
  const native = await postgresBinaries(folder, account);
  const dataFolder = join(folder, "data");
  const logFile = join(folder, "postgres.log");
  const facts = { host: "127.0.0.1", port: await freePort(), user: "postgres", password: newPassword() };
  await initialise({ native, folder, dataFolder, account, password: facts.password });

  const args = ["-D", dataFolder, "-p", String(facts.port)];
  for (const [name, value] of Object.entries(settings)) args.push("-c", `${name}=${value}`);
  const start = async (): Promise<GuardedProcess> => {
    const command = join(native, "bin", "postgres");
    const started = startGuarded({ command, args, folder, logFile, account });
    await untilReady(facts, started, logFile);
    return started;
  };

  let server = await start();
  return {
    ...facts,
    dataFolder,
    url: (database) => urlOf(facts, database),
    createDatabase: (name, template) => createDatabase(facts, name, template),
    restart: async (mode) => {
      await server.stop(mode);
      server = await start();
    },
    log: () => readFile(logFile, "utf8"),
    stop: async () => {
      await server.stop("fast");
      await remove(folder);
    },
  };
}

/** The connection URI of a database on a server. */
export function urlOf({ host, port, user, password }: PostgresFacts, database: string): string {
  return `postgres://${user}:${password}@${host}:${port}/${database}`;
}

/** Creates a database, from `template0` unless told otherwise, and resolves to its URI. */
export async function createDatabase(
  facts: PostgresFacts,
  name: string,
  template = "template0",
): Promise<string> {
  const client = new pg.Client({ ...facts, database: "postgres" });
  await client.connect();
  try {
    await client.query(
      `create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(template)}`,
    );
  } finally {
    await client.end();
  }
  return urlOf(facts, name);
}

interface Cluster {
  readonly native: string;
  readonly folder: string;
  readonly dataFolder: string;
  readonly account: Account;
  readonly password: string;
}

async function initialise({ native, folder, dataFolder, account, password }: Cluster): Promise<void> {
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined)
    await chown(passwordFile, account.uid, account.gid);
  const locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
  await run(
    join(native, "bin", "initdb"),
    [
      `--pgdata=${dataFolder}`,
      "--username=postgres",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--no-sync",
      "--no-instructions",
      ...locale,
    ],
    { ...account, cwd: folder, env: { PATH: process.env["PATH"] ?? "", TZ: "UTC" } },
  );
  await rm(passwordFile);
}

/** Connects until the server answers; says what its log says when it ends instead. */
async function untilReady(facts: PostgresFacts, server: GuardedProcess, logFile: string): Promise<void> {
  const deadlineMs = Date.now() + 60_000;
  while (Date.now() < deadlineMs) {
    if (server.exited)
      throw new Error(`PostgreSQL did not start:\n${(await readFile(logFile, "utf8")).slice(-2_000)}`);
    const client = new pg.Client({ ...facts, database: "postgres", connectionTimeoutMillis: 5_000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  await server.stop("immediate");
  throw new Error("PostgreSQL did not answer within 60 seconds.");
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No free port.");
  return address.port;
}

function newPassword(): string {
  return randomBytes(18).toString("base64url");
}

function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
