import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { test as bench } from "../support/bench.js";
import { runCli } from "../support/cli.js";
import type { TestDatabase } from "../support/database.js";

const test = bench.extend<{ readonly directory: string }>({
  directory: async ({ task: _task }, use) => {
    const directory = await mkdtemp(join(tmpdir(), "sqs2pg-user-migrations-"));
    await mkdir(join(directory, "migrations"));
    await use(directory);
    await rm(directory, { recursive: true });
  },
});

const NAME = "20260201000000_create_orders.mjs";
const CREATE = `export const up = (knex) => knex.schema.createTable("orders", (table) => table.text("id"));
export const down = (knex) => knex.schema.dropTable("orders");
`;
const PIPELINE = "queue: orders\ntable: orders\ncolumns:\n  id: { from: id, type: text }\n";

async function hasOrders(database: TestDatabase): Promise<boolean> {
  const [row] = await database.query("select to_regclass('orders') is not null as found");
  return row?.["found"] === true;
}

describe.concurrent("migrate with migrations beside the pipeline file", () => {
  test("runs them, shows them, prints them and takes them back", async ({ emptyDatabase, directory }) => {
    const env = { DATABASE_URL: emptyDatabase.url };
    const json = async (...args: string[]): Promise<Record<string, unknown>> =>
      JSON.parse((await runCli(["migrate", "--json", ...args], { env, cwd: directory })).stdout);
    await writeFile(join(directory, "migrations", NAME), CREATE);
    await writeFile(join(directory, "sqs2pg.yaml"), PIPELINE);

    expect(await json("--status")).toMatchObject({ user: { applied: [], pending: [NAME] } });
    expect(await json("--no-migrations", "--status")).not.toHaveProperty("user");
    expect(await json("--print-sql")).toMatchObject({
      sql: expect.stringContaining('create table "orders"'),
    });
    expect(await json()).toMatchObject({ user: { applied: [NAME], already: [] } });
    expect(await hasOrders(emptyDatabase)).toBe(true);
    const { stdout } = await runCli(["migrate", "--status"], { env, cwd: directory });
    expect(stdout).toMatch(new RegExp(`applied {2}${NAME}.*\nUp to date: 6 migrations\n$`));
    expect(await json("--rollback")).toEqual({ rolled_back: [NAME] });
    expect(await hasOrders(emptyDatabase)).toBe(false);
  });

  test("leaves a directory alone that is not beside one, or beside a knexfile", async ({
    emptyDatabase,
    directory,
  }) => {
    const env = { DATABASE_URL: emptyDatabase.url };
    await writeFile(join(directory, "migrations", NAME), CREATE);
    expect(await runCli(["migrate"], { env, cwd: directory })).toMatchObject({ exitCode: 0, stderr: "" });
    await writeFile(join(directory, "sqs2pg.yaml"), PIPELINE);
    await writeFile(join(directory, "knexfile.js"), "");
    const { stderr } = await runCli(["migrate"], { env, cwd: directory });
    expect(stderr).toMatch(/^warning: migrations stands beside a knexfile, so it is not run: /);
    expect(await hasOrders(emptyDatabase)).toBe(false);
    await runCli(["migrate", "--migrations", "migrations"], { env, cwd: directory });
    expect(await hasOrders(emptyDatabase)).toBe(true);
  });

  test("names the file that fails, and leaves nothing of it", async ({ emptyDatabase, directory }) => {
    const env = { DATABASE_URL: emptyDatabase.url };
    await writeFile(join(directory, "migrations", NAME), 'export const up = (knex) => knex.raw("selec");\n');
    await writeFile(join(directory, "sqs2pg.yaml"), PIPELINE);
    expect(await runCli(["migrate"], { env, cwd: directory })).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: `sqs2pg: migrations/${NAME}:1: PostgreSQL refused it, SQLSTATE 42601 (a syntax error): everything of this call was rolled back\n`,
    });
    expect(await emptyDatabase.query("select from pg_namespace where nspname = 'sqs2pg'")).toEqual([]);
  });

  test("a drain whose table one that is pending makes says so, and so does a replay", async ({
    database,
    directory,
    env,
  }) => {
    await writeFile(join(directory, "migrations", NAME), CREATE);
    await writeFile(join(directory, "sqs2pg.yaml"), PIPELINE);
    const says = new RegExp(
      `^sqs2pg: there is no table orders in \\S+, and migrations/${NAME} has not run: run: sqs2pg migrate$`,
      "m",
    );
    const drained = await runCli(["drain", "--quiet"], { cwd: directory, env });
    expect(drained).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(says) });
    const replayed = await runCli(["replay", "--quiet"], { cwd: directory, env });
    expect(replayed).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(says) });
    const second = "20260202000000_more.mjs";
    await writeFile(join(directory, "migrations", second), CREATE);
    await database.query("create schema shop; create table shop.orders (id text)");
    expect((await runCli(["drain", "--quiet"], { cwd: directory, env })).stderr).toMatch(
      /, and 2 migrations in migrations have not run: write shop\.orders in the pipeline, or run: sqs2pg migrate$/m,
    );
  });

  test("a drain whose table is missing though none is pending asks for the table", async ({
    database,
    directory,
    env,
  }) => {
    await writeFile(join(directory, "migrations", NAME), CREATE);
    await writeFile(join(directory, "sqs2pg.yaml"), PIPELINE);
    await runCli(["migrate"], { cwd: directory, env });
    await database.query("drop table orders");
    expect((await runCli(["drain", "--quiet"], { cwd: directory, env })).stderr).toMatch(
      /there is no table orders in \S+: create it first$/m,
    );
  });

  test("shows what has no file here, and what has run under another's name", async ({
    emptyDatabase,
    directory,
  }) => {
    const env = { DATABASE_URL: emptyDatabase.url };
    const file = join(directory, "migrations", NAME);
    await writeFile(file, CREATE);
    await writeFile(join(directory, "sqs2pg.yaml"), PIPELINE);
    await runCli(["migrate"], { env, cwd: directory });
    await writeFile(file, `${CREATE}// edited\n`);
    const status = async (...more: string[]) =>
      (await runCli(["migrate", "--status", ...more], { env, cwd: directory })).stdout;
    expect(await status()).toMatch(
      new RegExp(
        `changed  ${NAME}.*\nSomething else has run under a name: sqs2pg migrate says what to do\n$`,
      ),
    );
    expect(JSON.parse(await status("--json"))).toMatchObject({ user: { changed: [NAME], absent: [] } });
    await rm(file);
    await writeFile(
      join(directory, "migrations", "20260202000000_other.mjs"),
      "export const up = () => {};\n",
    );
    expect(await status()).toContain(`On record without a file here: ${NAME}\n1 migration pending`);
    const { stdout } = await runCli(["migrate"], { env, cwd: directory });
    expect(stdout).toContain(`On record without a file here: ${NAME}\nUp to date: 1 migration applied`);
  });

  test("a drain says which are pending, and goes on where the table is there", async ({
    database,
    directory,
    env,
    queue,
  }) => {
    await writeFile(join(directory, "migrations", NAME), CREATE);
    await writeFile(join(directory, "sqs2pg.yaml"), PIPELINE);
    await database.query("create table orders (id text)");
    queue.send(['{"id":"a"}']);
    const drained = await runCli(["drain", "--json", "--quiet"], { cwd: directory, env });
    expect(drained).toMatchObject({
      exitCode: 0,
      stderr: `warning: SQS2PG_QUEUE goes before the queue in sqs2pg.yaml: the queue is ${queue.name}\nwarning: ${NAME} is pending: run sqs2pg migrate\n`,
    });
    expect(JSON.parse(drained.stdout)).toMatchObject({ loaded: 1 });
  });
});
