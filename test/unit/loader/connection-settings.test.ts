import { describe, expect, test } from "vitest";
import { UsageError } from "../../../src/errors.js";
import { describeTarget, parseConnectionSettings } from "../../../src/loader/connection-settings.js";

const parsed = (url: string | undefined, env: Record<string, string> = {}) =>
  parseConnectionSettings({ url, env });

describe("where a value comes from", () => {
  test("the URL first, then the environment", () => {
    const env = { PGHOST: "other", PGPORT: "6000", PGUSER: "me", PGPASSWORD: "secret", PGDATABASE: "db" };
    expect(parsed("postgres://you@host/", env)).toMatchObject({
      host: "host",
      port: 6000,
      user: "you",
      password: "secret",
      database: "db",
    });
    expect(parsed(undefined, env)).toMatchObject({ host: "other", port: 6000, user: "me", database: "db" });
  });

  test("the application's name yields to one in the URL", () => {
    const client = parsed("postgres://h/d?application_name=nightly");
    expect(client).toMatchObject({ application_name: "nightly", fallback_application_name: "sqs2pg" });
  });
});

describe("sslmode", () => {
  test.each([
    ["disable", false],
    ["allow", false],
    ["require", { rejectUnauthorized: false }],
    ["prefer", { rejectUnauthorized: false }],
    ["no-verify", { rejectUnauthorized: false }],
    ["verify-full", {}],
  ])("%s in the URL and in PGSSLMODE", (mode, ssl) => {
    expect(parsed(`postgres://h/d?sslmode=${mode}`).ssl).toEqual(ssl);
    expect(parsed("postgres://h/d", { PGSSLMODE: mode }).ssl).toEqual(ssl);
    expect(parsed(undefined, { PGSSLMODE: mode }).ssl).toEqual(ssl);
  });

  test("none means none", () => {
    expect(parsed("postgres://h/d").ssl).toBe(false);
    expect(parsed("postgres://h/d?sslmode=disable", { PGSSLMODE: "require" }).ssl).toBe(false);
  });

  test("nothing is said on stderr", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): number => warnings.push(warning);
    process.on("warning", listen);
    for (const mode of ["require", "prefer", "verify-full", "disable", "no-verify"]) {
      parsed(`postgres://h/d?sslmode=${mode}`);
    }
    await new Promise(setImmediate);
    process.off("warning", listen);
    expect(warnings).toEqual([]);
  });
});

describe("what cannot be used", () => {
  test.each([
    ["host=h dbname=d", "database_url_invalid"],
    ["mysql://u:secret@h/d", "database_url_invalid"],
    ["postgres://u:secret@h:99999/d", "database_url_invalid"],
    ["postgres://u:secret@h/d?sslmode=requrie", "sslmode_invalid"],
    ["postgres://u:secret@h/d?sslmode=verify-ca", "sslrootcert_missing"],
    ["postgres://u:secret@h/d?sslrootcert=/nowhere/ca.pem", "ssl_file_unreadable"],
  ])("%s: %s", (url, code) => {
    try {
      parsed(url);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      expect(error).toMatchObject({ code });
      expect(String(error)).not.toContain("secret");
    }
  });

  test("PGPORT that is no port", () => {
    expect(() => parsed(undefined, { PGPORT: "5432x" })).toThrow(UsageError);
  });
});

test("the target is named without secrets", () => {
  const text = (url: string): string => describeTarget(parsed(url));
  expect(text("postgres://me:secret@db.example:6543/sales?sslmode=require")).toBe("db.example:6543/sales");
  expect(text("postgres://me:secret@[::1]/sales")).toBe("[::1]:5432/sales");
  expect(text("postgresql://me:secret@h")).toBe("h:5432/me");
});
