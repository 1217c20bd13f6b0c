import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../../../src/loader/connection.js";
import { toStoreError } from "../../../src/loader/errors/driver-error.js";
import { type Certified, createAuthority, selfSigned } from "../../support/certificates.js";
import { startTlsPostgres, type TlsPostgres } from "../../support/tls-postgres.js";

/** What a server shows. */
const SERVERS = ["off", "right", "wrong-host", "expired", "self-signed"] as const;
type Shown = (typeof SERVERS)[number];

/**
 * libpq's table: T is an encrypted connection, P one in the clear, - none. A column for each server; `any`, `hostssl` and
 * `hostnossl` are what pg_hba.conf lets in; `ca` is with the authority's certificate, `none` without any.
 */
const TABLE = `
  any       none disable     P P P P P
  any       none allow       P P P P P
  any       none prefer      P T T T T
  any       none require     - T T T T
  any       none verify-ca   - - - - -
  any       none verify-full - - - - -
  any       ca   disable     P P P P P
  any       ca   allow       P P P P P
  any       ca   prefer      P T T P P
  any       ca   require     - T T - -
  any       ca   verify-ca   - T T - -
  any       ca   verify-full - T - - -
  hostssl   none disable     - - - - -
  hostssl   none allow       - T T T T
  hostssl   none prefer      - T T T T
  hostssl   none require     - T T T T
  hostssl   ca   allow       - T T - -
  hostssl   ca   prefer      - T T - -
  hostssl   ca   require     - T T - -
  hostssl   ca   verify-full - T - - -
  hostnossl none disable     P P P P P
  hostnossl none allow       P P P P P
  hostnossl none prefer      P P P P P
  hostnossl none require     - - - - -
  hostnossl ca   prefer      P P P P P
  hostnossl ca   verify-full - - - - -
`;

interface Case {
  readonly access: string;
  readonly root: string;
  readonly mode: string;
  readonly outcomes: readonly string[];
}

const CASES: readonly Case[] = TABLE.trim()
  .split("\n")
  .map((line) => {
    const [access = "", root = "", mode = "", ...outcomes] = line.trim().split(/\s+/);
    return { access, root, mode, outcomes };
  });

const run = promisify(execFile);
/** The real thing, where it is installed: it proves the table. */
const hasPsql = await run("psql", ["--version"]).then(
  () => true,
  () => false,
);

let server: TlsPostgres;
let folder: string;
let shown: Readonly<Record<Shown, Certified | undefined>>;

beforeAll(async () => {
  const authority = await createAuthority("Right Authority");
  const hosts = ["localhost", "127.0.0.1"];
  shown = {
    off: undefined,
    right: await authority.issue({ name: "right", hosts }),
    "wrong-host": await authority.issue({ name: "wrong", hosts: ["other.example", "127.0.0.2"] }),
    expired: await authority.issue({ name: "expired", hosts, expired: true }),
    "self-signed": await selfSigned({ name: "self", hosts }),
  };
  server = await startTlsPostgres({
    clientAuthority: authority.cert,
    access: [
      "host      any       me 127.0.0.1/32 scram-sha-256",
      "hostssl   hostssl   me 127.0.0.1/32 scram-sha-256",
      "hostnossl hostnossl me 127.0.0.1/32 scram-sha-256",
    ],
  });
  await server.run("create role me login password 'canary-word'");
  // Each takes a statement of its own: they cannot be part of a transaction block.
  for (const name of ["any", "hostssl", "hostnossl"]) await server.run(`create database "${name}"`);
  folder = await mkdtemp(join(tmpdir(), "sslmode-"));
  await writeFile(join(folder, "ca.pem"), authority.cert);
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

function urlOf({ access, root, mode }: Case): string {
  const rootCert = root === "ca" ? `&sslrootcert=${join(folder, "ca.pem")}` : "";
  return `postgres://me:canary-word@127.0.0.1:${server.port}/${access}?sslmode=${mode}${rootCert}`;
}

/** Ours: T, P or -, and what was said. */
async function ours(url: string): Promise<{ readonly outcome: string; readonly said: string }> {
  const said = (error: unknown): string =>
    toStoreError(error, { target: "t", user: "me", table: "t" }, false).message;
  try {
    const connection = connect({ url, env: { HOME: folder } }, { poolSize: 1 });
    try {
      const { rows } = await connection.knex.raw("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
      return { outcome: rows[0].ssl ? "T" : "P", said: "" };
    } catch (error) {
      return { outcome: "-", said: said(error) };
    } finally {
      await connection.close();
    }
  } catch (error) {
    return { outcome: "-", said: String(error) };
  }
}

async function psqls(url: string): Promise<string> {
  const sql = "select case when ssl then 'T' else 'P' end from pg_stat_ssl where pid = pg_backend_pid()";
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder };
  return run("psql", ["--no-psqlrc", "-Atc", sql, url], { env }).then(
    ({ stdout }) => stdout.trim(),
    () => "-",
  );
}

describe("sslmode means what it means to libpq", () => {
  test.each(SERVERS)("the server shows: %s", async (kind) => {
    await server.show(shown[kind]);
    const column = SERVERS.indexOf(kind);
    for (const one of CASES) {
      const name = `${one.access} ${one.root} ${one.mode}`;
      const { outcome, said } = await ours(urlOf(one));
      expect(`${name} ${outcome}`, said).toBe(`${name} ${one.outcomes[column]}`);
      expect(said).not.toContain("canary-word");
      expect(said).not.toMatch(/not foreseen/);
    }
  });

  test.runIf(hasPsql).each(SERVERS)("so says psql: %s", async (kind) => {
    await server.show(shown[kind]);
    const column = SERVERS.indexOf(kind);
    for (const one of CASES) {
      const name = `${one.access} ${one.root} ${one.mode}`;
      expect(`${name} ${await psqls(urlOf(one))}`).toBe(`${name} ${one.outcomes[column]}`);
    }
  });
});
