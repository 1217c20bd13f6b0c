import { expect, test } from "vitest";
import { hasPassword, readDatabase } from "../../../src/config/database-source.js";
import { errorOf } from "./support.js";

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
  expect(hasPassword(one)).toBe(false);
});
