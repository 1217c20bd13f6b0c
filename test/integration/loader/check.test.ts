import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../../src/clock.js";
import type { DatabaseError } from "../../../src/errors.js";
import { loadBatch } from "../../../src/loader/load-batch.js";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import type { OpenStoreOptions } from "../../../src/loader/open-store.js";
import { useDatabase } from "../../support/database.js";
import { batchOf, loginColumns, loginStore } from "./login-store.js";
import { newRole } from "./role.js";

const database = useDatabase();

beforeEach(async () => {
  await database.query("drop schema if exists sqs2pg cascade");
  await database.query("drop table if exists user_logins");
  await migrate({ database: { url: database.url, env: {} } });
});

async function checkError(
  options: Partial<OpenStoreOptions> = {},
  url = database.url,
): Promise<DatabaseError> {
  const store = loginStore({ url }, options);
  try {
    await store.check();
    return expect.unreachable("check() found nothing");
  } catch (error) {
    expect(error).toMatchObject({ name: "DatabaseError", kind: "failed" });
    return error as DatabaseError;
  } finally {
    await store.close();
  }
}

test("a database that is ready, and stays as it was", async () => {
  const store = loginStore(database);
  await store.check();
  await store.close();
  expect(await database.query("select from sqs2pg.ledger")).toEqual([]);
});

describe("migrations", () => {
  test("none at all", async () => {
    await database.query("drop schema sqs2pg cascade");
    const error = await checkError();
    expect(error.code).toBe("migrations_pending");
    expect(error.message).toMatch(/lacks 5 migrations: run: sqs2pg migrate$/);
  });

  test("one is pending", async () => {
    await database.query("delete from sqs2pg.migrations where name like '%bookkeeping%'");
    expect((await checkError()).message).toMatch(/lacks 1 migration: run: sqs2pg migrate$/);
  });

  test("in another schema", async () => {
    expect((await checkError({ schema: "elsewhere" })).code).toBe("migrations_pending");
  });

  test("recorded, but their tables are gone", async () => {
    await database.query("drop table sqs2pg.ledger");
    const error = await checkError();
    expect(error.code).toBe("table_missing");
    expect(error.message).toContain("schema sqs2pg");
  });
});

describe("the table", () => {
  test.each([
    [{ name: "nowhere" }, "nowhere", /: create it first$/],
    [{ schema: "none", name: "nowhere" }, "none.nowhere", /: create it first$/],
    [
      { schema: "public", name: "User_Logins" },
      "public.User_Logins",
      /: write public.user_logins in the pipeline, or create it first$/,
    ],
  ])("missing: %j", async (table, name, remedy) => {
    const error = await checkError({ targets: [{ table, columns: loginColumns }] });
    expect(error.code).toBe("table_missing");
    expect(error.message).toContain(`there is no table ${name} in ${database.server.host}`);
    expect(error.message).toMatch(remedy);
  });

  test("missing, though its migration has run", async () => {
    await database.query("drop table user_logins");
    const error = await checkError();
    expect(error.code).toBe("table_missing");
    expect(error.message).toMatch(
      /^there is no table user_logins in .*: create it first \(sqs2pg migrate --print-sql shows how\)$/,
    );
  });

  test.each<[what: string, sql: string, says: RegExp]>([
    [
      "the table",
      "drop table user_logins",
      /^there is no table user_logins in .* has not run: run: sqs2pg migrate$/,
    ],
    [
      "the bookkeeping",
      "drop schema sqs2pg cascade",
      /^the tables of schema sqs2pg are gone in .*: run: sqs2pg migrate$/,
    ],
  ])("that goes during a run stops it with the remedy: %s", async (_what, sql, says) => {
    const path = await mkdtemp(join(tmpdir(), "sqs2pg-check-"));
    onTestFinished(() => rm(path, { recursive: true }));
    await writeFile(join(path, "20260201000000_logins.mjs"), "export const up = () => {};");
    const store = loginStore(database, { userFolder: { path, shown: "migrations" } });
    onTestFinished(() => store.close());
    await store.check();
    await database.query(sql);
    const batch = batchOf(["u", null, 1, null]);
    const result = await loadBatch(batch, { store, clock: systemClock, retryForMs: 0 });
    expect(result).toMatchObject({
      ...{ loaded: 0, rejects: [], unloaded: { length: 1 } },
      error: { code: "table_missing", message: expect.stringMatching(says) },
    });
  });

  test("lacks columns", async () => {
    await database.query("alter table user_logins drop locale, drop create_date");
    const error = await checkError();
    expect(error.code).toBe("column_missing");
    expect(error.message).toContain("lacks columns locale, create_date");
  });

  test("has a column of another type", async () => {
    await database.query("alter table user_logins alter user_id type uuid using null");
    const error = await checkError();
    expect(error.code).toBe("column_type_mismatch");
    expect(error.message).toMatch(/^column user_id of table user_logins .* is of type uuid, .* says varchar/);
  });

  test("is no table", async () => {
    await database.query("create sequence counter");
    const error = await checkError({ targets: [{ table: { name: "counter" }, columns: loginColumns }] });
    expect(error.code).toBe("target_not_a_table");
    expect(error.message).toMatch(/^counter in .* is a sequence, and no table/);
  });

  test("has a generated column", async () => {
    await database.query(
      "alter table user_logins drop locale, add locale text generated always as ('x') stored",
    );
    expect((await checkError()).code).toBe("column_generated");
  });
});

describe("privileges", () => {
  const needed = [
    "usage on schema sqs2pg",
    "select on sqs2pg.migrations",
    "select, insert, delete on sqs2pg.ledger",
    "select, insert, update on sqs2pg.rejects",
    "select, insert, update on sqs2pg.runs",
    "insert on user_logins",
  ];

  test("those that are needed are enough", async () => {
    const role = await newRole(database);
    for (const privilege of needed) await database.query(`grant ${privilege} to ${role.name}`);
    const store = loginStore(role);
    await store.check();
    await store.close();
  });

  test.each([
    ["usage on schema sqs2pg", "USAGE on schema sqs2pg"],
    ["select on sqs2pg.migrations", "SELECT on sqs2pg.migrations"],
    ["insert on sqs2pg.ledger", "INSERT on sqs2pg.ledger"],
    ["select on sqs2pg.ledger", "SELECT on sqs2pg.ledger"],
    ["delete on sqs2pg.ledger", "DELETE on sqs2pg.ledger"],
    ["update on sqs2pg.rejects", "UPDATE on sqs2pg.rejects"],
    ["insert on user_logins", "INSERT on user_logins"],
  ])("without %s", async (privilege, named) => {
    const role = await newRole(database);
    for (const one of needed) await database.query(`grant ${one} to ${role.name}`);
    await database.query(`revoke ${privilege} from ${role.name}`);
    const error = await checkError({}, role.url);
    expect(error.code).toBe("privilege_missing");
    expect(error.message).toContain(`user ${role.name} lacks ${named} in`);
  });
});

test("a read-only database", async () => {
  const error = await checkError({}, `${database.url}?options=-c%20default_transaction_read_only%3Don`);
  expect(error.code).toBe("database_read_only");
});
