import { chmodSync } from "node:fs";
import { expect, test } from "vitest";
import { databaseNotices, hasPassword } from "../../../src/config/database-notices.js";
import { readDatabase } from "../../../src/config/database-source.js";
import { directory, errorOf } from "./support.js";

const one = "postgres://user@one/db";
const two = "postgresql://user:p%40ss@two:5433/db?sslmode=require";

test("--database goes before DATABASE_URL, and that before PG*", () => {
  const env = { DATABASE_URL: two, PGHOST: "three" };
  expect(readDatabase(one, env)).toEqual({ source: "--database", url: one });
  expect(readDatabase(undefined, env)).toEqual({ source: "DATABASE_URL", url: two });
  expect(readDatabase(undefined, { DATABASE_URL: "", PGHOST: "three" })).toEqual({ source: "PG*" });
  expect(readDatabase(undefined, { PGDATABASE: "db" })).toEqual({ source: "PG*" });
});

test("a socket and an empty host are URLs too", () => {
  for (const url of ["postgres:///db", "postgres://%2Fvar%2Frun/db", "postgresql:///db?host=/var/run"]) {
    expect(readDatabase(url, {})).toEqual({ source: "--database", url });
  }
});

test("no database names the remedies", async () => {
  const { message } = await errorOf(() => readDatabase(undefined, { PGHOST: "", PGPASSWORD: "x" }));
  expect(message).toBe(
    "no database is given: set --database or DATABASE_URL to postgres://user@host/database, or set PGHOST, PGDATABASE and PGUSER",
  );
  expect((await errorOf(() => readDatabase(undefined, { PGSERVICE: "s" }))).message).toMatch(
    /^PGSERVICE alone/,
  );
});

test.each([
  "",
  "mysql://user:geheim@host/db",
  "user:geheim@host/db",
  "postgres:user:geheim",
  "postgres://user:geheim#x@host/db",
  "postgres://user:geheim%@host/db",
  "postgres://user:geheim@host:port/db",
])("%j is refused and not repeated", async (url) => {
  const error = await errorOf(() => readDatabase(undefined, url === "" ? {} : { DATABASE_URL: url }));
  expect(error.message).not.toContain("geheim");
  const flagError = await errorOf(() => readDatabase(url, {}));
  expect(flagError.code).toBe("database_invalid");
  expect(flagError.message).toMatch(/^--database /);
  expect(flagError.message).not.toContain("geheim");
});

test("a password in a URL is seen", () => {
  expect(hasPassword(two)).toBe(true);
  expect(hasPassword("postgres://h/d?password=x")).toBe(true);
  expect(hasPassword("postgres://h/d?sslpassword=x")).toBe(true);
  expect(hasPassword(one)).toBe(false);
});

test("how to log in: the flag, then SQS2PG_DATABASE_AUTH, then with a password", async () => {
  expect(readDatabase(one, {}, "iam")).toEqual({ source: "--database", url: one, auth: "iam" });
  expect(readDatabase(one, { SQS2PG_DATABASE_AUTH: "iam" })).toMatchObject({ auth: "iam" });
  expect(readDatabase(one, { SQS2PG_DATABASE_AUTH: "iam" }, "password")).not.toHaveProperty("auth");
  for (const [flag, env, source] of [
    ["hunter2", {}, "--database-auth"],
    [undefined, { SQS2PG_DATABASE_AUTH: "hunter2" }, "SQS2PG_DATABASE_AUTH"],
  ] as const) {
    const { message } = await errorOf(() => readDatabase(one, env, flag));
    expect(message).toBe(`${source} must be password or iam`);
  }
});

test("a parameter that is wrong is told with its source", async () => {
  const { message } = await errorOf(() => readDatabase(undefined, { DATABASE_URL: `${one}?sslmod=require` }));
  expect(message).toBe("DATABASE_URL has a parameter that libpq has not: did you mean sslmode?");
  expect((await errorOf(() => readDatabase(undefined, { PGHOST: "h", PGSSLMODE: "on" }))).message).toMatch(
    /^PGSSLMODE must be one of disable, allow, prefer, require, verify-ca, verify-full$/,
  );
});

test.skipIf(process.platform === "win32")("a password file that others can read is told of", () => {
  const folder = directory({ ".pgpass": "*:*:*:*:canary\n" });
  const settings = readDatabase(one, {});
  expect(databaseNotices(settings, { HOME: folder })).toEqual([]);
  chmodSync(`${folder}/.pgpass`, 0o640);
  expect(databaseNotices(settings, { HOME: folder })).toEqual([
    `the password file ${folder}/.pgpass is open to other users of this machine: run chmod 600 on it (it is not read)`,
  ]);
  expect(databaseNotices(settings, { PGPASSFILE: folder })).toEqual([
    `the password file ${folder} is no plain file (it is not read)`,
  ]);
  expect(databaseNotices(settings, { HOME: folder, PGPASSWORD: "x" })).toEqual([]);
  expect(databaseNotices({ ...settings, auth: "iam" }, { HOME: folder })).toEqual([]);
});
