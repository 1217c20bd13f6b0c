import { chown, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import type { Certified } from "./certificates.js";
import { type PostgresServer, startPostgres } from "./postgres.js";

/** A PostgreSQL whose encryption can be changed while it runs. */
export interface TlsPostgres extends PostgresServer {
  /** From now on it shows this certificate; undefined: it speaks no TLS. */
  show(certificate: Certified | undefined): Promise<void>;
  /** Runs a statement as superuser, unencrypted. */
  run(sql: string): Promise<pg.QueryResult>;
}

/**
 * `clientAuthority` signs the certificates of clients; `access` is pg_hba.conf, behind a line that lets the superuser in
 * unencrypted.
 */
export async function startTlsPostgres(options: {
  readonly clientAuthority: string;
  readonly access: readonly string[];
}): Promise<TlsPostgres> {
  const server = await startPostgres();
  const { uid, gid } = await stat(server.dataFolder);
  const write = async (name: string, text: string): Promise<void> => {
    const path = join(server.dataFolder, name);
    await writeFile(path, text, { mode: 0o600 });
    await chown(path, uid, gid);
  };
  const run = async (sql: string): Promise<pg.QueryResult> => {
    const client = new pg.Client({ ...server, database: "postgres", ssl: false });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };
  const loadedAt = async (): Promise<string> =>
    (await run("select pg_conf_load_time()::text as at")).rows[0]?.at;
  const reload = async (): Promise<void> => {
    const before = await loadedAt();
    await run("select pg_reload_conf()");
    while ((await loadedAt()) === before) await new Promise(setImmediate);
  };
  await write("clients.crt", options.clientAuthority);
  await write(
    "pg_hba.conf",
    ["hostnossl postgres postgres 127.0.0.1/32 scram-sha-256", ...options.access, ""].join("\n"),
  );
  await run("alter system set ssl_ca_file = 'clients.crt'");
  await run("alter system set ssl_cert_file = 'server.crt'");
  await run("alter system set ssl_key_file = 'server.key'");
  await reload();
  return {
    ...server,
    run,
    show: async (certificate) => {
      if (certificate !== undefined) {
        await write("server.crt", certificate.cert);
        await write("server.key", certificate.key);
      }
      await run(`alter system set ssl = ${certificate === undefined ? "off" : "on"}`);
      await reload();
    },
  };
}
