import { describe, expect, test } from "vitest";
import { type ConnectionPlan, planConnection } from "../../../src/loader/connection-settings.js";
import { describeTarget } from "../../../src/loader/connection-target.js";
import { directory, errorOf } from "../config/support.js";

const planned = (url: string | undefined, env: Record<string, string> = {}): ConnectionPlan =>
  planConnection({ url, env: { HOME: "/nonexistent", ...env } });

/** `P` for in the clear, `T` for encrypted, in the order of the tries. */
const tries = (plan: ConnectionPlan): string =>
  plan.tls.attempts.map((ssl) => (ssl === false ? "P" : "T")).join("");

describe("where a value comes from", () => {
  test("the URL first, then the environment", async () => {
    const env = { PGHOST: "other", PGPORT: "6000", PGUSER: "me", PGPASSWORD: "secret", PGDATABASE: "db" };
    const plan = planned("postgres://you@host/", env);
    expect(plan.client).toMatchObject({ host: "host", port: 6000, user: "you", database: "db" });
    expect(await plan.password.get()).toBe("secret");
    expect(await planned("postgres://you:other@host/", env).password.get()).toBe("other");
    expect(planned(undefined, env).client).toMatchObject({ host: "other", port: 6000, user: "me" });
  });

  test("the variables of the process say nothing where others are given", () => {
    process.env["PGAPPNAME"] = "of-the-process";
    expect(planned("postgres://h/d").client).toEqual({
      ...{ host: "h", port: 5432, user: "", database: "d", application_name: "sqs2pg" },
    });
    delete process.env["PGAPPNAME"];
  });

  test.each([
    ["postgres://h/d?application_name=nightly", "nightly"],
    ["postgres://h/d?fallback_application_name=some", "some"],
  ])("the application's name yields to %s", (url, name) => {
    expect(planned(url).client.application_name).toBe(name);
  });

  test.each([
    ["postgres:///d?host=/run/pg&port=6000", { host: "/run/pg", port: 6000, database: "d" }],
    ["postgres://me@/d?host=/run/pg", { host: "/run/pg", user: "me", database: "d" }],
    ["postgres://%2Frun%2Fpg/d", { host: "/run/pg", database: "d" }],
    ["postgres://h?dbname=d&user=me", { host: "h", user: "me", database: "d" }],
    ["postgres://a%40b@[::1]/d%2F1", { host: "::1", user: "a@b", database: "d/1" }],
    ["postgres://h/d?options=-c%20a=b+c", { options: "-c a=b+c" }],
    ["postgres://h/d?statement_timeout=500", { statement_timeout: 500 }],
  ])("%s", (url, client) => {
    expect(planned(url).client).toMatchObject(client);
  });

  test("a socket is not encrypted, whatever the mode is", () => {
    expect(tries(planned("postgres:///d?host=/run/pg&sslmode=require"))).toBe("P");
  });

  test("connect_timeout is in seconds", () => {
    expect(planned("postgres://h/d?connect_timeout=3").connectTimeoutMs).toBe(3000);
    expect(planned("postgres://h/d", { PGCONNECT_TIMEOUT: "0" }).connectTimeoutMs).toBe(undefined);
  });
});

describe("sslmode", () => {
  test.each([
    ["disable", "P"],
    ["allow", "PT"],
    ["prefer", "TP"],
    ["require", "T"],
    ["no-verify", "T"],
  ])("%s in the URL and in PGSSLMODE", (mode, order) => {
    expect(tries(planned(`postgres://h/d?sslmode=${mode}`))).toBe(order);
    expect(tries(planned("postgres://h/d", { PGSSLMODE: mode }))).toBe(order);
    expect(tries(planned(undefined, { PGSSLMODE: mode }))).toBe(order);
  });

  test.each([
    ["postgres://h/d", {}, "TP"],
    ["postgres://h/d?ssl=true", {}, "T"],
    ["postgres://h/d?ssl=true", { PGSSLMODE: "disable" }, "T"],
    ["postgres://h/d", { PGREQUIRESSL: "1" }, "T"],
    ["postgres://h/d?sslmode=disable", { PGSSLMODE: "require" }, "P"],
    ["postgres://h/d?sslrootcert=system", {}, "T"],
    ["postgres://h/d?channel_binding=require", {}, "T"],
    ["postgres://h/d?channel_binding=require&sslmode=allow", {}, "T"],
  ])("%s with %j: %s", (url, env, order) => {
    expect(tries(planned(url, env))).toBe(order);
  });

  test("the versions of TLS", () => {
    const [ssl] = planned("postgres://h/d?ssl_min_protocol_version=tlsv1.3&sslmode=require").tls.attempts;
    expect(ssl).toMatchObject({ minVersion: "TLSv1.3" });
  });
});

describe("what cannot be used", () => {
  test.each([
    ["host=h dbname=d", "database_invalid"],
    ["mysql://u:secret@h/d", "database_invalid"],
    ["postgres://u:secret@h:99999/d", "database_invalid"],
    ["postgres://u:1/secret@h/d", "database_invalid"],
    ["postgres://u:1?secret@h/d", "database_invalid"],
    ["postgres://u:1?secret=x@h/d", "database_parameter_unknown"],
    ["postgres://u:secret@a,b/d", "database_hosts"],
    ["postgres://u:secret@a:1,b:2/d", "database_hosts"],
    ["postgres://u:secret@/d?host=a,b", "database_hosts"],
    ["postgres://u:secret@h/d?sslmode=requrie", "sslmode_invalid"],
    ["postgres://u:secret@h/d?sslmode=verify-ca", "sslrootcert_missing"],
    ["postgres://u:secret@h/d?sslmode=verify-full", "sslrootcert_missing"],
    ["postgres://u:secret@h/d?sslrootcert=/nowhere/ca.pem", "ssl_file_unreadable"],
    ["postgres://u:secret@h/d?sslcrl=/nowhere/ca.crl&sslrootcert=system", "ssl_file_unreadable"],
    ["postgres://u:secret@h/d?sslcert=/nowhere/me.crt", "ssl_file_unreadable"],
    ["postgres://u:secret@h/d?sslrootcert=system&sslmode=require", "sslmode_too_weak"],
    ["postgres://u:secret@h/d?sslnegotiation=direct", "sslmode_too_weak"],
    ["postgres://u:secret@h/d?channel_binding=require&sslmode=disable", "sslmode_too_weak"],
    ["postgres://u:secret@h/d?channel_binding=always", "database_parameter_unsupported"],
    ["postgres://u:secret@h/d?sslsni=0", "database_parameter_unsupported"],
    ["postgres://u:secret@h/d?hostaddr=127.0.0.1", "database_parameter_unsupported"],
    ["postgres://u:secret@h/d?target_session_attrs=read-write", "database_parameter_unsupported"],
    ["postgres://u:secret@h/d?require_auth=scram-sha-256", "database_parameter_unsupported"],
    ["postgres://u:secret@h/d?ssl=false", "database_parameter_unsupported"],
    ["postgres://u:secret@h/d?port=5432x", "database_port_invalid"],
    ["postgres://u:secret@h/d?connect_timeout=soon", "database_parameter_invalid"],
    [
      "postgres://h/d?ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2",
      "database_parameter_invalid",
    ],
  ])("%s: %s", async (url, code) => {
    const error = await errorOf(() => planned(url));
    expect(error).toMatchObject({ kind: "usage", code });
    expect(error.message).not.toContain("secret");
  });

  test.each([
    "sslmod=require",
    "sslmode =require",
    "SSLMODE=require",
    "ssl_mode=require",
    "sslmodes=verify-full",
  ])("a misspelt parameter does not mean that nothing is encrypted: %s", async (parameter) => {
    const error = await errorOf(() => planned(`postgres://h/d?${parameter}`));
    expect(error.message).toMatch(/has a parameter that libpq has not: did you mean sslmode\?$/);
  });

  test("files that hold something else", async () => {
    const folder = directory({
      "junk.pem": "no certificate, but a canary",
      "broken.pem": "-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----\n",
    });
    for (const parameter of ["sslrootcert", "sslcert", "sslcrl&sslrootcert=system&sslcrl"]) {
      for (const file of ["junk.pem", "broken.pem"]) {
        const url = `postgres://h/d?sslkey=${folder}/broken.pem&${parameter}=${folder}/${file}`;
        const error = await errorOf(() => planned(url));
        expect(error.code).toMatch(/^ssl_(file|key)_malformed$/);
        expect(error.message).not.toContain("canary");
      }
    }
  });

  test("a key in the place of its path is not repeated", async () => {
    const text = "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----";
    const { message } = await errorOf(() => planned("postgres://h/d", { PGSSLCERT: text, PGSSLKEY: text }));
    expect(message).not.toContain("canary");
  });

  test("PGPORT that is no port", async () => {
    expect((await errorOf(() => planned(undefined, { PGPORT: "5432x" }))).code).toBe("database_port_invalid");
  });
});

describe("a token of IAM's", () => {
  const iam = (url: string, env: Record<string, string> = {}): ConnectionPlan =>
    planConnection({ url, env: { HOME: "/nonexistent", ...env }, auth: "iam" });

  test.each(["disable", "allow", "prefer"])("is not sent by sslmode=%s", async (mode) => {
    for (const plan of [
      () => iam(`postgres://me@h/d?sslmode=${mode}`),
      () => iam("postgres://me@h/d", { PGSSLMODE: mode }),
    ]) {
      const { code, message } = await errorOf(plan);
      expect(code).toBe("database_auth_invalid");
      expect(message).toMatch(/through TLS only, and (sslmode in the database URL|PGSSLMODE) is /);
    }
  });

  test("goes through TLS where no mode is given", () => {
    expect(tries(iam("postgres://me@h/d"))).toBe("T");
  });

  test("needs a user and a host", async () => {
    expect((await errorOf(() => iam("postgres://h/d", { USER: "root" }))).message).toMatch(
      /needs the.* user/,
    );
    expect((await errorOf(() => iam("postgres://me@/d?host=/tmp"))).message).toMatch(/not for a socket/);
  });

  test("is asked for by SQS2PG_DATABASE_AUTH too", () => {
    expect(tries(planned("postgres://me@h/d", { SQS2PG_DATABASE_AUTH: "iam" }))).toBe("T");
  });
});

test("the target is named without secrets", () => {
  const text = (url: string): string => describeTarget(planned(url).client);
  expect(text("postgres://me:secret@db.example:6543/sales?sslmode=require")).toBe("db.example:6543/sales");
  expect(text("postgres://me:secret@[::1]/sales")).toBe("[::1]:5432/sales");
  expect(text("postgresql://me:secret@h")).toBe("h:5432/me");
});
