import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrate, migrationStatus, rollback } from "../../../src/loader/migrations/migrate.js";
import { dropDatabase, openDatabase, type TestDatabase } from "../../support/database.js";
import { newRole } from "./role.js";

let database: TestDatabase;
beforeEach(async () => {
  database = await openDatabase();
});
afterEach(() => dropDatabase(database));

const names = [
  "20260101000001_user_logins.js",
  "20260101000002_bookkeeping.js",
  "20260101000003_replay.js",
  "20260101000004_masking.js",
  "20260101000005_newest.js",
];
const settings = (schema?: string) => ({ database: { url: database.url, env: {} }, schema });
const tables = async (): Promise<unknown[]> => {
  const rows = await database.query(
    `select schemaname || '.' || tablename as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  return rows.map((row) => row["name"]);
};

/** What only a user's own can be. */
const NONE = { changed: [], absent: [] };

test("from nothing to up to date, and again nothing to do", async () => {
  expect(await migrationStatus(settings())).toEqual({ applied: [], pending: names, ...NONE });
  expect(await tables()).toEqual([]);
  expect(await migrate(settings())).toEqual({ applied: names, already: [] });
  expect(await migrate(settings())).toEqual({ applied: [], already: names });
  const applied = names.map((name) => ({ name, appliedAt: expect.any(Date) }));
  expect(await migrationStatus(settings())).toEqual({ applied, pending: [], ...NONE });
  expect(await tables()).toEqual([
    "public.user_logins",
    "sqs2pg.ledger",
    "sqs2pg.mask_keys",
    "sqs2pg.migrations",
    "sqs2pg.migrations_lock",
    "sqs2pg.newest",
    "sqs2pg.rejects",
    "sqs2pg.runs",
    "sqs2pg.tokens",
    "sqs2pg.unmask_log",
  ]);
});

test("user_logins has the columns that analysts query", async () => {
  await migrate(settings());
  const columns = await database.query(
    `select attname || ' ' || format_type(atttypid, atttypmod) as text from pg_attribute
     where attrelid = 'user_logins'::regclass and attnum > 0 order by attnum`,
  );
  expect(columns.map(({ text }) => text)).toEqual([
    "user_id character varying(128)",
    "device_type character varying(32)",
    "masked_ip character varying(256)",
    "masked_device_id character varying(256)",
    "locale character varying(32)",
    "app_version integer",
    "create_date date",
  ]);
});

describe("many at once", () => {
  test.each(["read committed", "serializable"])("run each migration once (%s)", async (isolation) => {
    await database.query(
      `alter database ${database.name} set default_transaction_isolation = '${isolation}'`,
    );
    const results = await Promise.all(Array.from({ length: 8 }, () => migrate(settings())));
    expect(results.flatMap(({ applied }) => applied)).toEqual(names);
    expect(await database.query("select from sqs2pg.migrations")).toHaveLength(names.length);
  });

  test("a lock row that a crash left behind is in nobody's way", async () => {
    await migrate(settings());
    await database.query("update sqs2pg.migrations_lock set is_locked = 1");
    await database.query("delete from sqs2pg.migrations where name like '%user_logins%'");
    expect(await migrate(settings())).toMatchObject({ applied: [names[0]] });
  });
});

test("an existing user_logins is adopted as it is, wherever the search_path finds it", async () => {
  await database.query("create schema app");
  await database.query(`alter database ${database.name} set search_path = app, public`);
  await database.query("create table public.user_logins (user_id text, extra text)");
  await database.query("insert into public.user_logins values ('ann', 'x')");
  await migrate(settings());
  expect(await tables()).not.toContain("app.user_logins");
  expect(await database.query("select * from public.user_logins")).toEqual([{ user_id: "ann", extra: "x" }]);
});

test("a schema of another name", async () => {
  await migrate(settings("Etl-Books"));
  expect(await tables()).toContain("Etl-Books.ledger");
  expect(await migrationStatus(settings("Etl-Books"))).toMatchObject({ pending: [] });
  expect(await migrationStatus(settings())).toMatchObject({ pending: names });
});

describe("rollback", () => {
  test("takes back what ran together but user_logins, and again there is nothing to do", async () => {
    await migrate(settings());
    expect(await rollback(settings())).toEqual(names.toReversed());
    expect(await tables()).toEqual(["public.user_logins", "sqs2pg.migrations", "sqs2pg.migrations_lock"]);
    expect(await rollback(settings())).toEqual([]);
    expect(await migrate(settings())).toMatchObject({ applied: names });
  });

  test("keeps what is in user_logins, and what was adopted as it was", async () => {
    await database.query("create table user_logins (user_id text, extra text)");
    await migrate(settings());
    await database.query("insert into user_logins values ('ann', 'x')");
    await rollback(settings());
    expect(await database.query("select * from user_logins")).toEqual([{ user_id: "ann", extra: "x" }]);
    expect(await migrate(settings())).toMatchObject({ applied: names });
  });

  test("refuses while the ledger knows messages that may come again", async () => {
    const schema = "Etl-Books";
    await migrate(settings(schema));
    const load = (age: string) =>
      database.query(
        `insert into "${schema}".ledger values (gen_random_uuid(), gen_random_uuid(), now() - interval '${age}')`,
      );
    await load("22 days");
    await load("20 days");
    await expect(rollback(settings(schema))).rejects.toMatchObject({
      name: "DatabaseError",
      kind: "failed",
      code: "ledger_in_use",
      message: expect.stringMatching(/ empty it first: delete from "Etl-Books"."ledger"$/),
    });
    expect(await database.query(`select from "${schema}".ledger`)).toHaveLength(2);
    expect(await migrationStatus(settings(schema))).toMatchObject({ pending: [] });
    await database.query(`delete from "${schema}".ledger where loaded_at > now() - interval '21 days'`);
    expect(await rollback(settings(schema))).toEqual(names.toReversed());
  });

  test.each([
    [
      "tokens_left",
      "tokens (domain, blind_index, token, sealed_value, key_id) values ('d', 'i', 't', 's', 'k')",
    ],
    [
      "unmask_log_left",
      "unmask_log (command, os_user, host, source, version) values ('c', 'u', 'h', 's', 'v')",
    ],
  ])("refuses while there are %s", async (code, entry) => {
    await migrate(settings());
    await database.query(`insert into sqs2pg.${entry}`);
    await expect(rollback(settings())).rejects.toMatchObject({
      kind: "failed",
      code,
      message: expect.stringMatching(/ empty it first: delete from "sqs2pg"\."\w+"$/),
    });
    expect(await migrationStatus(settings())).toMatchObject({ pending: [] });
    await database.query(`delete from sqs2pg.${entry.slice(0, entry.indexOf(" "))}`);
    expect(await rollback(settings())).toEqual(names.toReversed());
  });

  test("refuses while sealed bodies are left", async () => {
    await migrate(settings());
    await database.query(`insert into sqs2pg.rejects (message_id, queue, stage, code, reason, sealed_body, receive_count, run_id)
      values (gen_random_uuid(), 'q', 'parse', 'c', 'r', '\\x00', 1, gen_random_uuid())`);
    await expect(rollback(settings())).rejects.toMatchObject({
      kind: "failed",
      code: "sealed_bodies_left",
      message: expect.stringMatching(/ load them with sqs2pg replay first, or delete them$/),
    });
    expect(await migrationStatus(settings())).toMatchObject({ pending: [] });
    expect(await tables()).toContain("public.user_logins");
  });

  test("leaves a newer version's migrations alone", async () => {
    await migrate(settings());
    await database.query(
      "insert into sqs2pg.migrations (name, batch) values ('20990101000000_future.js', 2)",
    );
    await expect(rollback(settings())).rejects.toMatchObject({ code: "migrations_unknown" });
    expect(await migrate(settings())).toMatchObject({ applied: [] });
  });
});

describe("privileges", () => {
  test("an up-to-date database asks for reading only", async () => {
    await migrate(settings());
    const role = await newRole(database);
    await database.query(`grant usage on schema sqs2pg to ${role.name}`);
    await database.query(`grant select on sqs2pg.migrations to ${role.name}`);
    expect(await migrate({ database: { url: role.url, env: {} } })).toMatchObject({ already: names });
  });

  test("a schema that is there need not be created", async () => {
    const role = await newRole(database);
    await database.query(`create schema sqs2pg authorization ${role.name}`);
    await database.query(`grant create on schema public to ${role.name}`);
    expect(await migrate({ database: { url: role.url, env: {} } })).toMatchObject({ applied: names });
    await database.query(`drop owned by ${role.name}`);
  });

  test("what is missing is named", async () => {
    const role = await newRole(database);
    const refused = migrate({ database: { url: role.url, env: {} } });
    await expect(refused).rejects.toMatchObject({
      kind: "failed",
      code: "privilege_missing",
      message: expect.stringMatching(
        `^user ${role.name} lacks CREATE on the database and CREATE on schema public in .*--print-sql$`,
      ),
    });
    expect(await tables()).toEqual([]);
  });
});

test("a read-only database, a wrong password", async () => {
  const readOnly = `${database.url}?options=-c%20default_transaction_read_only%3Don`;
  await expect(migrate({ database: { url: readOnly, env: {} } })).rejects.toMatchObject({
    code: "database_read_only",
  });
  const url = new URL(database.url);
  url.password = "wrong";
  await expect(migrate({ database: { url: url.href, env: {} } })).rejects.toMatchObject({
    code: "wrong_password",
  });
});
