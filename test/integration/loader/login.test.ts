import { execFile } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { iamToken } from "../../../src/config/database-iam.js";
import { type Connection, connect } from "../../../src/loader/connection.js";
import type { ConnectionSettings } from "../../../src/loader/connection-settings.js";
import { toStoreError } from "../../../src/loader/errors/driver-error.js";
import { type Authority, type Certified, createAuthority } from "../../support/certificates.js";
import { startTlsPostgres, type TlsPostgres } from "../../support/tls-postgres.js";

const run = promisify(execFile);
const hasPsql = await run("psql", ["--version"]).then(
  () => true,
  () => false,
);

const PASSWORD = "canary:word\\7734";

let server: TlsPostgres;
let authority: Authority;
let shown: Certified;
let revoked: string;
/** A user's folder with nothing in it. */
let home: string;
/** One with libpq's files: the authority's certificate, ours, and a password. */
let furnished: string;

beforeAll(async () => {
  authority = await createAuthority("Login Authority");
  const clients = await createAuthority("Client Authority");
  shown = await authority.issue({ name: "server", hosts: ["localhost", "127.0.0.1"] });
  revoked = await authority.revoke(shown);
  server = await startTlsPostgres({
    clientAuthority: clients.cert,
    access: [
      "hostssl   all certified 127.0.0.1/32 cert",
      "hostssl   all clear     127.0.0.1/32 password",
      "hostnossl all clear     127.0.0.1/32 password",
      "host      all scram     127.0.0.1/32 scram-sha-256",
      "host      all anyone    127.0.0.1/32 trust",
    ],
  });
  await server.show(shown);
  for (const role of ["certified", "clear", "scram", "anyone"]) {
    await server.run(`create role ${role} login password '${PASSWORD}'`);
  }
  home = await mkdtemp(join(tmpdir(), "login-"));
  furnished = await mkdtemp(join(tmpdir(), "login-"));
  await mkdir(join(furnished, ".postgresql"));
  const mine = await clients.issue({ name: "certified" });
  const write = (name: string, text: string): Promise<void> =>
    writeFile(join(furnished, name), text, { mode: 0o600 });
  await write(".postgresql/root.crt", authority.cert);
  await write(".postgresql/postgresql.crt", mine.cert);
  await write(".postgresql/postgresql.key", mine.key);
  await write("revoked.crl", revoked);
  await write("open.key", mine.key);
  await chmod(join(furnished, "open.key"), 0o644);
  const locked = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "key-canary" } as const;
  await write("locked.key", createPrivateKey(mine.key).export(locked).toString());
  await write("other.key", (await clients.issue({ name: "other" })).key);
  await write(
    ".pgpass",
    `127.0.0.1:${server.port}:postgres:clear:canary\\:word\\\\7734\n*:*:*:scram:wrong\n`,
  );
});

afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true });
  await rm(furnished, { recursive: true });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

function url(user: string, parameters = "", password = ""): string {
  const login = password === "" ? user : `${user}:${encodeURIComponent(password)}`;
  return `postgres://${login}@127.0.0.1:${server.port}/postgres?${parameters}`;
}

/** Whether it is encrypted, or the code of the error; with what was said. */
async function login(settings: Partial<ConnectionSettings>): Promise<{ outcome: string; said: string }> {
  let connection: Connection | undefined;
  try {
    connection = connect({ env: { HOME: home }, ...settings }, { poolSize: 1 });
    return { outcome: await isEncrypted(connection), said: "" };
  } catch (error) {
    const known = error instanceof Error && error.name === "UsageError";
    const { code, message } = known
      ? (error as Error & { code: string })
      : toStoreError(error, { target: "t", user: "u", table: "t" }, false);
    expect(message).not.toMatch(/canary|not foreseen/);
    return { outcome: code, said: message };
  } finally {
    await connection?.close();
  }
}

async function isEncrypted({ knex }: Connection): Promise<string> {
  const { rows } = await knex.raw("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
  return rows[0].ssl ? "TLS" : "clear";
}

describe("a client's certificate", () => {
  test("is in libpq's folder, or where sslcert and sslkey say", async () => {
    expect(await login({ url: url("certified"), env: { HOME: furnished } })).toMatchObject({
      outcome: "TLS",
    });
    const files = `sslcert=${furnished}/.postgresql/postgresql.crt&sslkey=${furnished}/.postgresql/postgresql.key`;
    expect(await login({ url: url("certified", files) })).toMatchObject({ outcome: "TLS" });
  });

  test("is not shown with sslcertmode=disable, or where there is none", async () => {
    const settings = { url: url("certified", "sslcertmode=disable"), env: { HOME: furnished } };
    expect((await login(settings)).outcome).toBe("login_refused");
    expect((await login({ url: url("certified", "sslmode=require") })).outcome).toBe("login_refused");
  });

  test.each([
    ["open.key", "", "ssl_key_exposed", /run chmod 600/],
    ["locked.key", "", "ssl_key_malformed", /is encrypted: give its password by sslpassword/],
    ["locked.key", "&sslpassword=wrong-canary", "ssl_key_malformed", /sslpassword does not fit/],
    ["other.key", "", "ssl_key_mismatch", /is not that of/],
    ["revoked.crl", "", "ssl_key_malformed", /cannot be read as a private key/],
    ["locked.key", "&sslpassword=key-canary", "TLS", /^$/],
  ])("with the key %s%s: %s", async (file, more, outcome, says) => {
    const result = await login({
      url: url("certified", `sslkey=${furnished}/${file}${more}`),
      env: { HOME: furnished },
    });
    expect(result).toEqual({ outcome, said: expect.stringMatching(says) });
  });
});

describe("the server's certificate", () => {
  const env = (): ConnectionSettings["env"] => ({ HOME: furnished });

  test("is checked against ~/.postgresql/root.crt in every mode", async () => {
    expect((await login({ url: url("anyone", "sslmode=verify-full"), env: env() })).outcome).toBe("TLS");
    await server.show(await (await createAuthority("Stranger")).issue({ name: "x", hosts: ["127.0.0.1"] }));
    const result = await login({ url: url("anyone", "sslmode=require"), env: env() });
    await server.show(shown);
    expect(result.outcome).toBe("certificate_untrusted");
    expect(result.said).toMatch(/sslrootcert=FILE/);
  });

  test("is refused when sslcrl says that it was revoked", async () => {
    const crl = `sslmode=verify-ca&sslcrl=${furnished}/revoked.crl`;
    expect((await login({ url: url("anyone", crl), env: env() })).outcome).toBe("certificate_revoked");
  });

  test("is trusted by the system's store where that says so", async () => {
    const system = { url: url("anyone", "sslrootcert=system") };
    expect((await login(system)).outcome).toMatch(/^certificate_untrusted$/);
    const file = `${furnished}/.postgresql/root.crt`;
    expect((await login({ ...system, env: { HOME: home, SSL_CERT_FILE: file } })).outcome).toBe("TLS");
  });

  test.each([
    ["a name among its names", { name: "x", hosts: ["localhost"] }, "TLS"],
    ["its common name, where it has no names", { name: "localhost" }, "TLS"],
    [
      "not its common name, where it has others",
      { name: "localhost", hosts: ["a.example"] },
      "certificate_wrong_host",
    ],
    ["not an address that looks like it", { name: "x", hosts: ["127.0.0.1"] }, "certificate_wrong_host"],
  ])("is that of the host by %s", async (_what, certificate, outcome) => {
    await server.show(await authority.issue(certificate));
    const byName = url("anyone", "sslmode=verify-full").replace("127.0.0.1", "localhost");
    const result = await login({ url: byName, env: env() });
    const withoutName = await login({ url: byName.replace("verify-full", "verify-ca"), env: env() });
    await server.show(shown);
    expect([result.outcome, withoutName.outcome]).toEqual([outcome, "TLS"]);
  });

  test("TLS from the first byte", async () => {
    expect((await login({ url: url("anyone", "sslmode=require&sslnegotiation=direct") })).outcome).toBe(
      "TLS",
    );
  });

  test("a version that the server does not speak", async () => {
    await server.run("alter system set ssl_max_protocol_version = 'TLSv1.2'");
    await server.show(shown);
    const version = "sslmode=require&ssl_min_protocol_version=TLSv1.3";
    const result = await login({ url: url("anyone", version) });
    await server.run("alter system reset ssl_max_protocol_version");
    await server.show(shown);
    expect(result).toEqual({
      outcome: "tls_failed",
      said: expect.stringMatching(/ssl_min_protocol_version/),
    });
  });
});

describe("channel_binding=require", () => {
  const required = "channel_binding=require";

  test("lets in by SCRAM over TLS", async () => {
    expect((await login({ url: url("scram", required, PASSWORD) })).outcome).toBe("TLS");
  });

  test.each(["clear", "anyone"])("gives no password to a server that does it otherwise: %s", async (user) => {
    // The server would say that it is wrong, if it got it.
    expect((await login({ url: url(user, required, "wrong-canary") })).outcome).toBe(
      "channel_binding_missing",
    );
  });
});

describe("a password", () => {
  test("is in PGPASSWORD, in the URL, or in a file", async () => {
    expect((await login({ url: url("clear", "", PASSWORD) })).outcome).toBe("TLS");
    expect((await login({ url: url("clear"), env: { HOME: home, PGPASSWORD: PASSWORD } })).outcome).toBe(
      "TLS",
    );
    expect((await login({ url: url("clear"), env: { HOME: furnished } })).outcome).toBe("TLS");
    const file = `${furnished}/.pgpass`;
    expect((await login({ url: url("clear"), env: { HOME: home, PGPASSFILE: file } })).outcome).toBe("TLS");
    expect((await login({ url: url("clear", `passfile=${file}`) })).outcome).toBe("TLS");
  });

  test("of another's PGPASSWORD is not taken", async () => {
    vi.stubEnv("PGPASSWORD", PASSWORD);
    expect((await login({ url: url("clear") })).outcome).toBe("password_missing");
  });

  test("that is wrong in the file is said to be from there", async () => {
    const result = await login({ url: url("scram"), env: { HOME: furnished } });
    expect(result).toEqual({
      outcome: "wrong_password",
      said: expect.stringContaining(`${furnished}/.pgpass`),
    });
  });

  test("in a file that others can read is none", async () => {
    const file = join(home, "open.pgpass");
    await writeFile(file, `*:*:*:*:${PASSWORD}\n`);
    await chmod(file, 0o640);
    const result = await login({ url: url("clear"), env: { HOME: home, PGPASSFILE: file } });
    expect(result.outcome).toBe("password_missing");
    expect(result.said).toMatch(/or into ~\/.pgpass; the password file .* is open to other users/);
  });

  test("that is refused over TLS is not said again in the clear", async () => {
    const before = await server.log();
    const result = await login({ url: url("clear", "sslmode=prefer", "wrong-canary") });
    expect(result.outcome).toBe("wrong_password");
    const said = (await server.log()).slice(before.length);
    expect(said.match(/password authentication failed/g)).toHaveLength(1);
  });
});

describe.runIf(hasPsql)("a password file means what it means to psql", () => {
  const secret = "canary\\:word\\\\7734";
  test.each([
    `127.0.0.1:PORT:postgres:clear:${secret}`,
    `*:*:*:*:${secret}`,
    `#*:*:*:*:wrong\n\n*:*:*:*:${secret}:rest`,
    `*:*:*:clear:wrong\n*:*:*:*:${secret}`,
    `*:*:*:other:wrong\n*:*:*:*:${secret}\r\n`,
    `127.0.0.\\1:*:*:*:${secret}`,
    `\\*:*:*:*:${secret}`,
    ` *:*:*:*:${secret}`,
    `localhost:*:*:*:${secret}`,
    `*:05432:*:*:${secret}`,
    `*:0PORT:*:*:${secret}`,
    `*:*:*:clear:\n*:*:*:*:${secret}`,
    `*:*:*:*:${secret} `,
    `*:*:*:*`,
    "*:*:*:*:canary:word\\7734",
  ])("%j", async (text) => {
    const file = join(home, "compared.pgpass");
    await writeFile(file, text.replaceAll("PORT", String(server.port)), { mode: 0o600 });
    const env = { PATH: process.env["PATH"] ?? "", HOME: home, PGPASSFILE: file };
    const psql = await run("psql", ["--no-psqlrc", "-w", "-Atc", "select 'TLS'", url("clear")], { env }).then(
      ({ stdout }) => stdout.trim(),
      () => "refused",
    );
    const { outcome } = await login({ url: url("clear"), env });
    expect(outcome === "TLS" ? "TLS" : "refused", outcome).toBe(psql);
  });
});

describe("a token of IAM's", () => {
  const settings = (): Partial<ConnectionSettings> => ({ url: url("clear"), auth: "iam" });
  const token = (): Promise<string> =>
    iamToken({ host: "127.0.0.1", port: server.port, user: "clear", region: "eu-west-1" });
  const expectToken = async (): Promise<void> => {
    await server.run(`alter role clear password '${await token()}'`);
  };

  const withCredentials = (): void => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret-canary");
    vi.stubEnv("AWS_SESSION_TOKEN", "session-canary");
    vi.stubEnv("AWS_REGION", "eu-west-1");
  };

  afterAll(async () => {
    await server.run(`alter role clear password '${PASSWORD}'`);
  });

  test("is made for each connection anew, and is the password over TLS", async () => {
    withCredentials();
    // Tokens of one second are the same.
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-04T05:06:07Z") });
    const env = { HOME: home, AWS_REGION: "eu-west-1" };
    const connection = connect({ ...settings(), env }, { poolSize: 2 });
    try {
      await expectToken();
      const first = await connection.knex.transaction();
      expect(await isEncrypted(connection).catch(() => "refused")).toBe("TLS");
      await first.rollback();
      vi.setSystemTime(new Date("2026-03-04T05:46:07Z"));
      await expectToken();
      await server.run("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'clear'");
      await vi.waitFor(async () => expect(await isEncrypted(connection)).toBe("TLS"));
    } finally {
      await connection.close();
    }
  });

  test("that is refused names the grant and the policy", async () => {
    withCredentials();
    const result = await login({ ...settings(), env: { HOME: home, AWS_REGION: "eu-west-1" } });
    expect(result.outcome).toBe("iam_login_refused");
    expect(result.said).toMatch(
      /grant rds_iam to clear, and allow rds-db:connect on arn:aws:rds-db:eu-west-1:ACCOUNT:dbuser:DB-RESOURCE-ID\/clear/,
    );
  });

  test("cannot be made without credentials", async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"]) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    const result = await login({ ...settings(), env: { HOME: home, AWS_REGION: "eu-west-1" } });
    expect(result.outcome).toBe("no_credentials");
  });
});
