import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { KEY, test, whileLocked } from "../../support/bench.js";
import { runCli } from "../../support/cli.js";
import { examine, OF_DATABASE, OF_SPEED } from "../../support/doctor.js";
import { urlOf } from "../../support/postgres.js";
import { startTcpProxy } from "../../support/tcp-proxy.js";

describe.concurrent("what is wrong with the database", () => {
  test("the password: all that is about the queue is looked at", async ({ env, database }) => {
    const url = urlOf({ ...database.server, password: "canary" }, database.name);
    const { check, ids, exitCode } = await examine({ ...env, DATABASE_URL: url });
    expect(check("database")).toMatchObject({ status: "failed", code: "wrong_password" });
    expect(ids("failed")).toEqual(["database"]);
    expect(ids("skipped")).toEqual(
      expect.arrayContaining([...OF_DATABASE, ...OF_SPEED.filter((id) => id !== "sqs_latency")]),
    );
    expect(ids("ok")).toEqual(expect.arrayContaining(["messages", "may_delete", "sqs_latency", "clock"]));
    expect(exitCode).toBe(1);
  });

  test("nobody listens, and the queue is missing: both are told", async ({ env, database }) => {
    const url = urlOf({ ...database.server, port: 1 }, "shop");
    const alone = await examine({ ...env, DATABASE_URL: url });
    expect(alone.check("database")).toMatchObject({ kind: "unavailable" });
    expect(alone.exitCode).toBe(75);
    const both = await examine({ ...env, DATABASE_URL: url }, ["--queue", "no-such-queue"]);
    expect(both.ids("failed")).toEqual(["queue", "database"]);
    expect(both.exitCode).toBe(1);
  });

  test("it takes the connection and does not answer", async ({ env, database, onTestFinished }) => {
    const proxy = await startTcpProxy(database.server);
    onTestFinished(() => proxy.stop());
    proxy.flow("both", "blackhole");
    const url = urlOf({ ...database.server, port: proxy.port }, database.name);
    const { check, exitCode } = await examine({ ...env, DATABASE_URL: url }, ["--timeout", "5s"]);
    expect(check("database")).toMatchObject({ status: "failed", kind: "unavailable" });
    expect(check("queue").status).not.toBe("skipped");
    expect(exitCode).toBe(75);
  });

  test("what is in the ledger and among the rejects is counted, or estimated where that would take long", async ({
    env,
    database,
  }) => {
    await database.query(`alter table sqs2pg.ledger set (autovacuum_enabled = off);
      insert into sqs2pg.ledger (message_id, run_id, loaded_at)
      select gen_random_uuid(), gen_random_uuid(), now() from generate_series(1, 1234)`);
    const counted = await examine(env);
    expect(counted.check("bookkeeping")).toMatchObject({
      found: expect.stringMatching(/^ledger 1,234 entries \(\d+ kB\), rejects 0 entries, no run under way$/),
      figures: { ledger_entries: 1_234, rejects: 0, unfinished_runs: 0 },
    });
    await database.query(`insert into sqs2pg.ledger (message_id, run_id, loaded_at)
      select gen_random_uuid(), gen_random_uuid(), now() from generate_series(1, 80000)`);
    const unknown = await examine(env);
    expect(unknown.check("bookkeeping")).toMatchObject({
      found: expect.stringMatching(/^ledger not counted yet \(\d+ [kM]B\), /),
      figures: { ledger_entries: null },
    });
    await database.query("analyze sqs2pg.ledger");
    const estimated = await examine(env);
    expect(estimated.check("bookkeeping").found).toMatch(/^ledger about 81,\d\d\d entries \(\d+ [kM]B\), /);
  });

  test("migrations are pending", async ({ queueEnv, emptyDatabase }) => {
    const { check, ids, exitCode } = await examine({ ...queueEnv, DATABASE_URL: emptyDatabase.url });
    expect(check("migrations")).toMatchObject({
      ...{ status: "failed", code: "migrations_pending", remedy: "run: sqs2pg migrate" },
    });
    expect(check("migrations").details.length).toBe(check("migrations").figures["pending"]);
    expect(ids("skipped")).toEqual(
      expect.arrayContaining(["privileges", "table", "key_record", "bookkeeping"]),
    );
    expect(exitCode).toBe(1);
  });

  test("migrations of one's own are pending: said of them, and of the table that they make", async ({
    env,
    onTestFinished,
  }) => {
    const directory = await mkdtemp(join(tmpdir(), "sqs2pg-doctor-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const name = "20260201000000_create_orders.mjs";
    const file = join(directory, "migrations", name);
    await mkdir(join(directory, "migrations"));
    await writeFile(file, `export const up = (knex) => knex.raw("create table orders (id text)");\n`);
    await writeFile(
      join(directory, "sqs2pg.yaml"),
      "queue: login-queue\ntable: orders\ncolumns:\n  id: { from: id, type: text }\n",
    );
    const pending = await examine(env, [], directory);
    expect(pending.check("migrations")).toMatchObject({
      ...{ status: "warning", code: "user_migrations_pending", remedy: "run: sqs2pg migrate" },
      found: expect.stringMatching(/^1 migration of your own has not run in /),
      details: [`migrations/${name}`],
      figures: { pending: 0, user_applied: 0, user_pending: 1 },
    });
    expect(pending.check("table")).toMatchObject({
      ...{ status: "failed", code: "table_missing", remedy: "run: sqs2pg migrate" },
      found: expect.stringMatching(/^there is no table orders in .* has not run$/),
    });

    await runCli(["migrate"], { env, cwd: directory });
    const done = await examine(env, [], directory);
    expect(done.check("migrations")).toMatchObject({
      status: "ok",
      found: "all 5 have run (schema sqs2pg), and those in migrations",
    });
    expect(done.check("table").status).toBe("ok");

    await writeFile(file, "export const up = () => {};\n");
    expect((await examine(env, [], directory)).check("migrations")).toMatchObject({
      ...{ status: "warning", code: "migration_changed" },
      found: expect.stringContaining(`migrations/${name}`),
    });
    await writeFile(join(directory, "migrations", "orders.sql"), "select 1");
    expect((await examine(env, [], directory)).check("migrations")).toMatchObject({
      ...{ status: "warning", code: "migration_name_invalid" },
    });
  });

  test.for<[what: string, sql: string, code: string, says: RegExp]>([
    ["the table is missing", "drop table user_logins", "table_missing", /no table user_logins/],
    [
      "a column is missing",
      "alter table user_logins drop column locale",
      "column_missing",
      /lacks column locale/,
    ],
    [
      "a column is of another type",
      "alter table user_logins alter app_version type date using null",
      "column_type_mismatch",
      /app_version .* is of type date/,
    ],
  ])("%s", async ([_what, sql, code, says], { env, database }) => {
    await database.query(sql);
    const { check, ids, exitCode } = await examine(env);
    expect(check("table")).toMatchObject({ status: "failed", code });
    expect(`${check("table").found} ${check("table").remedy}`).toMatch(says);
    expect(ids("failed")).toEqual(["table"]);
    expect(exitCode).toBe(1);
  });

  test("privileges are missing: which ones", async ({ env, database }) => {
    const role = `clerk_${database.name}`;
    await database.query(`create role ${role} login password 'clerk'`);
    try {
      await database.query(`grant usage on schema sqs2pg to ${role}`);
      await database.query(`grant select on sqs2pg.migrations, sqs2pg.ledger, sqs2pg.runs to ${role}`);
      const url = urlOf({ ...database.server, user: role, password: "clerk" }, database.name);
      const { check, ids, exitCode } = await examine({ ...env, DATABASE_URL: url });
      expect(check("privileges").found).toMatch(/lacks INSERT on sqs2pg.ledger, DELETE on sqs2pg.ledger, /);
      expect(check("table").found).toMatch(/lacks .*INSERT on user_logins/);
      expect(ids("failed")).toEqual(["privileges", "table"]);
      expect(exitCode).toBe(1);
    } finally {
      await database.query(`drop owned by ${role}`);
      await database.query(`drop role ${role}`);
    }
  });

  test("somebody holds a lock: in its time, and the process ends", async ({ env, database }) => {
    await whileLocked(database, "lock table user_logins in access exclusive mode", async () => {
      const { check, exitCode } = await examine(env, ["--timeout", "5s"]);
      expect(check("table")).toMatchObject({ status: "failed", code: "timed_out", kind: "unavailable" });
      expect(exitCode).toBe(75);
    });
  });

  test("it is read-only", async ({ env, database }) => {
    await database.query(`alter database ${database.name} set default_transaction_read_only to on`);
    const { check, ids, exitCode } = await examine(env);
    expect(check("writable")).toMatchObject({ status: "failed", code: "database_read_only" });
    expect(ids("failed")).toEqual(["writable"]);
    expect(check("table").found).toBe("needs: writable, which failed");
    expect(exitCode).toBe(1);
  });

  test("a password in --database is warned of, and not repeated", async ({ env, database }) => {
    const { check, stdout } = await examine(env, ["--database", database.url]);
    expect(check("database")).toMatchObject({ status: "warning", code: "notices" });
    expect(check("database").details.join()).toMatch(/^--database holds a password/);
    expect(stdout).not.toContain(database.server.password);
  });

  test("synchronous_commit is off for the role: said, though a drain turns it on", async ({
    env,
    database,
  }) => {
    await database.query(`alter database ${database.name} set synchronous_commit to off`);
    expect((await examine(env)).check("durability").figures).toMatchObject({ synchronous_commit: "off" });
  });

  test("another key is on record", async ({ env, queue, drain }) => {
    queue.send(['{"user_id":"ann","ip":"1.2.3.4"}']);
    await drain();
    const known = await examine(env);
    expect(known.check("key_record")).toMatchObject({ status: "ok", figures: { masks: 2, on_record: 2 } });
    const other = `${KEY.slice(0, -2)}w8`;
    const { check, ids, exitCode } = await examine({ ...env, SQS2PG_MASK_KEY: other });
    expect(check("key_record")).toMatchObject({ status: "failed", code: "key_changed", kind: "usage" });
    expect(ids("failed")).toEqual(["key_record"]);
    expect(exitCode).toBe(2);
  });
});
