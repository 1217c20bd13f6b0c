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
