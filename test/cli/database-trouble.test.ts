import { describe, expect } from "vitest";
import { test } from "../support/bench.js";
import { type CliResult, runCli } from "../support/cli.js";
import type { TestDatabase } from "../support/database.js";
import { urlOf } from "../support/postgres.js";

/** One line that says what to do, nothing on stdout, and no password. */
function expectLine({ stdout, stderr }: CliResult, says: RegExp, database: TestDatabase): void {
  expect(stderr).toMatch(says);
  expect(stderr).toMatch(/^sqs2pg: .*\n$/);
  expect(stdout).toBe("");
  expect(stderr).not.toContain(database.server.password);
}

/** A role of the test's own, with a password; it goes with what it was granted. */
async function withRole<T>(
  database: TestDatabase,
  use: (role: string, url: string) => Promise<T>,
): Promise<T> {
  const role = `clerk_${database.name}`;
  await database.query(`create role ${role} login password 'clerk'`);
  try {
    return await use(role, urlOf({ ...database.server, user: role, password: "clerk" }, database.name));
  } finally {
    await database.query(`drop owned by ${role}`);
    await database.query(`drop role ${role}`);
  }
}

describe.concurrent("the database cannot be used", () => {
  test("nobody listens", async ({ env, database }) => {
    const url = urlOf({ ...database.server, port: 1 }, "shop");
    for (const command of ["drain", "migrate"]) {
      const result = await runCli([command], { env: { ...env, DATABASE_URL: url } });
      expectLine(result, /PostgreSQL at 127.0.0.1:1\/shop refused the connection: is it running/, database);
      expect(result.exitCode).toBe(75);
    }
  });

  test("the password is wrong", async ({ env, database }) => {
    const url = urlOf({ ...database.server, password: "canary" }, database.name);
    const result = await runCli(["drain"], { env: { ...env, DATABASE_URL: url } });
    expectLine(result, /refused the password of user postgres: check DATABASE_URL or PGPASSWORD/, database);
    expect(result).toMatchObject({ exitCode: 1, stderr: expect.not.stringContaining("canary") });
  });

  test("there is no password", async ({ queueEnv, database }) => {
    const { host, port, user } = database.server;
    const settings = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database.name };
    const result = await runCli(["drain"], { env: { ...queueEnv, ...settings } });
    expectLine(
      result,
      /asks for a password of user postgres: put it into DATABASE_URL or PGPASSWORD/,
      database,
    );
    expect(result.exitCode).toBe(1);
  });

  test("there is no such database", async ({ env, database }) => {
    const url = urlOf(database.server, "no_such_database");
    const result = await runCli(["drain"], { env: { ...env, DATABASE_URL: url } });
    expectLine(result, /the database .*\/no_such_database does not exist: create it with createdb/, database);
    expect(result.exitCode).toBe(1);
  });

  test("it is read-only", async ({ env, queue, database }) => {
    queue.send(["{}"]);
    await database.query(`alter database ${database.name} set default_transaction_read_only to on`);
    const result = await runCli(["drain"], { env });
    expectLine(
      result,
      /is read-only: connect to the primary, or set default_transaction_read_only/,
      database,
    );
    expect(result.exitCode).toBe(1);
    expect(queue.counts()).toEqual({ visible: 1, in_flight: 0, delayed: 0 });
  });

  test("migrations are pending", async ({ queueEnv, emptyDatabase }) => {
    const env = { ...queueEnv, DATABASE_URL: emptyDatabase.url };
    const result = await runCli(["drain"], { env });
    expectLine(result, /lacks 5 migrations: run: sqs2pg migrate/, emptyDatabase);
    expect(result.exitCode).toBe(1);
  });

  test("the table is missing", async ({ env, database }) => {
    await database.query("drop table user_logins");
    const result = await runCli(["drain"], { env });
    expectLine(
      result,
      /there is no table user_logins in .*: create it first \(sqs2pg migrate --print-sql/,
      database,
    );
    expect(result.exitCode).toBe(1);
  });

  test("columns are missing", async ({ env, database }) => {
    await database.query("alter table user_logins drop column locale, drop column masked_ip");
    const result = await runCli(["drain"], { env });
    expectLine(result, /table user_logins .* lacks columns masked_ip, locale: add what is missing/, database);
    expect(result.exitCode).toBe(1);
  });

  test("a column is of another type", async ({ env, database }) => {
    await database.query("alter table user_logins alter app_version type date using null");
    const result = await runCli(["drain"], { env });
    expectLine(result, /column app_version .* is of type date, and the pipeline says integer/, database);
    expect(result.exitCode).toBe(1);
  });

  test("several things at once: a line each, and a list for programs", async ({ env, queue, database }) => {
    queue.send(["{}"]);
    await database.query("alter table user_logins drop column locale");
    await database.query("alter table user_logins alter user_id type varchar(8)");
    const { exitCode, stderr } = await runCli(["drain"], { env });
    expect(exitCode).toBe(1);
    expect(stderr.replace(/\S+(?=: 2 problems)/, "DATABASE")).toBe(
      `sqs2pg: DATABASE: 2 problems
  table user_logins lacks column locale: add what is missing, or change the pipeline
  column user_id of table user_logins is of type character varying(8), which does not hold every varchar(128) of the pipeline: write varchar(8) in the pipeline, or make the column wider
`,
    );
    const { error } = JSON.parse((await runCli(["drain", "--json"], { env })).stdout);
    expect(error).toMatchObject({
      ...{ kind: "failed", code: "target_unfit" },
      problems: [
        { code: "column_missing", table: "user_logins" },
        { code: "column_too_narrow", table: "user_logins", column: "user_id" },
      ],
    });
    expect(queue.counts()).toEqual({ visible: 1, in_flight: 0, delayed: 0 });
  });

  test("the user lacks privileges: which ones", async ({ env, database }) => {
    await withRole(database, async (role, url) => {
      await database.query(`grant insert on user_logins to ${role}`);
      await database.query(`grant usage on schema sqs2pg to ${role}`);
      await database.query(`grant select on all tables in schema sqs2pg to ${role}`);
      const result = await runCli(["drain"], { env: { ...env, DATABASE_URL: url } });
      expectLine(
        result,
        new RegExp(
          `user ${role} lacks INSERT on sqs2pg.ledger, DELETE on sqs2pg.ledger, INSERT on sqs2pg.rejects`,
        ),
        database,
      );
      expect(result.exitCode).toBe(1);
    });
  });

  test("the grants of the README are enough for a drain", async ({ env, queue, database, drain }) => {
    queue.send(['{"user_id":"ann"}', "{}"]);
    await withRole(database, async (role, url) => {
      await database.query(`grant insert on user_logins to ${role}`);
      await database.query(`grant usage on schema sqs2pg to ${role}`);
      await database.query(`grant select on sqs2pg.migrations to ${role}`);
      await database.query(`grant select, insert, delete on sqs2pg.ledger to ${role}`);
      await database.query(
        `grant select, insert, update on sqs2pg.rejects, sqs2pg.runs, sqs2pg.mask_keys to ${role}`,
      );
      const { report } = await drain([], { env: { ...env, DATABASE_URL: url } });
      expect(report).toMatchObject({ loaded: 1, rejected: 1 });
    });
  });

  test("the user may not migrate: what is missing and who can help", async ({ emptyDatabase }) => {
    await withRole(emptyDatabase, async (role, url) => {
      const result = await runCli(["migrate"], { env: { DATABASE_URL: url } });
      expectLine(
        result,
        new RegExp(`user ${role} lacks CREATE on the database and CREATE on schema public .*--print-sql`),
        emptyDatabase,
      );
      expect(result.exitCode).toBe(1);
    });
  });

  test("is a JSON document too, and a stack at --log-level debug without the driver's words", async ({
    env,
    database,
  }) => {
    const url = urlOf({ ...database.server, password: "canary" }, database.name);
    const args = ["drain", "--json", "--log-level", "debug"];
    const { stdout, stderr } = await runCli(args, { env: { ...env, DATABASE_URL: url } });
    expect(JSON.parse(stdout)).toEqual({
      error: { kind: "failed", code: "wrong_password", message: expect.any(String) },
    });
    expect(stderr).toMatch(/^ {4}at /m);
    expect(stdout + stderr).not.toMatch(/canary|password authentication failed/);
  });
});

test("a password in --database is warned of, and not repeated", async ({ env, database }) => {
  const { server, name, url } = database;
  const { stderr } = await runCli(["migrate", "--database", url], { env });
  expect(stderr).toMatch(/^warning: --database holds a password.*: use DATABASE_URL or PGPASSWORD\n$/);
  expect(stderr).not.toContain(server.password);
  const settings = { PGHOST: server.host, PGPORT: String(server.port), PGPASSWORD: server.password };
  const plain = `postgres://${server.user}@${server.host}:${server.port}/${name}`;
  expect(await runCli(["migrate", "--database", plain], { env: settings })).toMatchObject({
    exitCode: 0,
    stderr: "",
  });
});
