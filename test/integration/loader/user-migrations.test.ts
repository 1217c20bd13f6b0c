import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrate, migrationStatus, rollback } from "../../../src/loader/migrations/migrate.js";
import { printSql } from "../../../src/loader/migrations/print-sql.js";
import { dropDatabase, openDatabase, type TestDatabase } from "../../support/database.js";

let database: TestDatabase;
let path: string;
beforeEach(async () => {
  database = await openDatabase();
  path = join(await mkdtemp(join(tmpdir(), "sqs2pg-migrations-")), "migrations");
  await mkdir(path);
});
afterEach(async () => {
  await dropDatabase(database);
  await rm(join(path, ".."), { recursive: true });
});

const FIRST = "20260201000000_create_orders.mjs";
const SECOND = "20260202000000_add_note.mjs";
const CREATE = `export async function up(knex) {
  await knex.schema.createTable("orders", (table) => {
    table.specificType("id", "bigint").notNullable().comment("it's the order's");
    table.string("state").defaultTo("new");
  });
}
export async function down(knex) { await knex.schema.dropTable("orders"); }
`;
const ADD = `export const up = (knex) => knex.schema.alterTable("orders", (table) => table.text("note"));
export const down = (knex) => knex.schema.alterTable("orders", (table) => table.dropColumn("note"));
`;

const settings = () => ({
  database: { url: database.url, env: {} },
  userFolder: { path, shown: "db/migrations" },
});
const put = (name: string, text: string) => writeFile(join(path, name), text);
const tables = async (): Promise<unknown[]> =>
  (
    await database.query(
      "select tablename as name from pg_tables where schemaname in ('public', 'sqs2pg') order by 1",
    )
  ).map(({ name }) => name);

describe("a user's migrations", () => {
  test("run after the tool's own, once, and are on record apart", async () => {
    await put(FIRST, CREATE);
    expect(await migrationStatus(settings())).toMatchObject({ user: { applied: [], pending: [FIRST] } });
    const first = await migrate(settings());
    expect(first).toMatchObject({ already: [], user: { applied: [FIRST], already: [] } });
    expect(first.applied).not.toContain(FIRST);
    expect(await database.query("select name from sqs2pg.user_migrations")).toEqual([{ name: FIRST }]);
    expect(await migrate(settings())).toMatchObject({
      applied: [],
      user: { applied: [], already: [FIRST] },
    });
    await put(SECOND, ADD);
    expect(await migrate(settings())).toMatchObject({ user: { applied: [SECOND], already: [FIRST] } });
    await database.query("insert into orders (id, note) values (1, 'x')");
  });

  test("eight processes at once run each of them once", async () => {
    await put(FIRST, CREATE);
    await put(SECOND, ADD);
    const results = await Promise.all(Array.from({ length: 8 }, () => migrate(settings())));
    expect(results.flatMap(({ user }) => user?.applied)).toEqual([FIRST, SECOND]);
  });

  test("are taken back before the tool's own, what ran together last at once", async () => {
    await put(FIRST, CREATE);
    await migrate(settings());
    await put(SECOND, ADD);
    await migrate(settings());
    expect(await rollback(settings())).toEqual([SECOND]);
    expect(await rollback(settings())).toEqual([FIRST]);
    expect(await tables()).not.toContain("orders");
    expect(await rollback(settings())).toContain("20260101000002_bookkeeping.js");
    expect(await rollback(settings())).toEqual([]);
  });

  test("an empty directory is none, and leaves no table behind", async () => {
    expect(await migrate(settings())).not.toHaveProperty("user");
    expect(await tables()).not.toContain("user_migrations");
  });

  test("may be CommonJS, whatever a package.json says", async () => {
    await put(
      "20260201000000_create_orders.cjs",
      "exports.up = (knex) => knex.schema.createTable('orders', (table) => table.increments());",
    );
    await migrate(settings());
    expect(await tables()).toContain("orders");
    await expect(rollback(settings())).rejects.toMatchObject({ kind: "usage", code: "migration_invalid" });
  });
});

describe("a migration that fails", () => {
  const failing = (body: string) => `export async function up(knex) {
  await knex.raw("create table before_it (id int)");
  ${body}
}
`;

  test.each([
    [
      "a statement",
      `await knex.raw("create table before_it (id int)");`,
      "42P07 (the table or index before_it is there already)",
    ],
    [
      "an index",
      `await knex.raw("create index its on before_it (id); create index its on before_it (id)");`,
      "42P07 (the table or index its is there already)",
    ],
    [
      "a name with a dash",
      `await knex.raw('create table "a - b" (id int); create table "a - b" (id int)');`,
      "42P07 (the table or index is there already)",
    ],
    [
      "a name that is taken in a schema",
      `await knex.raw("create schema s; create table s.before_it (id int); alter table s.before_it set schema public");`,
      "42P07 (the table or index before_it is there already)",
    ],
    [
      "a statement of a function",
      `await knex.raw("do $$ begin execute 'create table before_it (id int)'; end $$");`,
      "42P07 (the table or index before_it is there already)",
    ],
    [
      "what a function raises",
      `await knex.raw("do $$ begin raise 'relation \\"canary-7734\\" already exists' using errcode = '42P07', table = 'canary-7734'; end $$");`,
      "42P07 (the table or index is there already)",
    ],
    ["a builder", `await knex("nothing").insert({ a: 1 });`, "42P01 (there is no such table)"],
  ])("names its file, its line and the SQLSTATE, and nothing is left: %s", async (_what, body, said) => {
    await put(FIRST, failing(body));
    await expect(migrate(settings())).rejects.toMatchObject({
      kind: "failed",
      code: "migration_failed",
      message: `db/migrations/${FIRST}:3: PostgreSQL refused it, SQLSTATE ${said}: everything of this call was rolled back`,
    });
    expect(await tables()).toEqual([]);
  });

  test("says nothing of what PostgreSQL says about values", async () => {
    await put(FIRST, failing(`await knex.raw("select 'canary-7734'::int");`));
    const error = await migrate(settings()).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/SQLSTATE 22P02/);
    expect(String(error)).not.toContain("canary");
  });

  test("with an error of its own names the line, and not the text", async () => {
    await put(FIRST, failing(`throw new TypeError("canary-7734");`));
    await expect(migrate(settings())).rejects.toMatchObject({
      code: "migration_failed",
      message: expect.stringMatching(/^db\/migrations\/\d+_create_orders\.mjs:3 threw TypeError: /),
    });
    expect(await tables()).toEqual([]);
  });

  test("a lost connection is none of its mistakes", async () => {
    await put(FIRST, failing(`await knex.raw("select pg_terminate_backend(pg_backend_pid())");`));
    await expect(migrate(settings())).rejects.toMatchObject({ kind: "unavailable" });
    expect(await tables()).toEqual([]);
  });
});

describe("a file that cannot be run is refused before anything is", () => {
  test.each([
    ["orders.mjs", "migration_name_invalid", CREATE],
    ["20260201000000_orders.sql", "migration_name_invalid", "select 1"],
    ["20260201000000_orders.ts", "migration_name_invalid", CREATE],
    [FIRST, "migration_invalid", "export const nothing = 1;"],
    [FIRST, "migration_invalid", `${CREATE}export const config = { transaction: false };`],
    [FIRST, "migration_unreadable", "export async function up(knex) { await }"],
    [FIRST, "migration_unreadable", "import 'no-such-package-7734';"],
  ])("%s: %s", async (name, code, text) => {
    await put(name, text);
    await expect(migrate(settings())).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`db/migrations/${name}`),
    });
    expect(await tables()).toEqual([]);
  });

  test("one whose file is gone cannot be rolled back", async () => {
    await put(FIRST, CREATE);
    await put(SECOND, ADD);
    await migrate(settings());
    await rm(join(path, SECOND));
    await expect(rollback(settings())).rejects.toMatchObject({
      code: "migrations_unknown",
      message: expect.stringContaining(SECOND),
    });
    expect(await migrate(settings())).toMatchObject({ applied: [] });
  });
});

describe("the script", () => {
  test("makes what migrate makes, also when it runs twice", async () => {
    await put(FIRST, CREATE);
    await put(SECOND, `${ADD}`.replace('table.text("note")', 'table.text("note").defaultTo("it\'s")'));
    await put(
      "20260203000000_fill.mjs",
      `export const up = (knex) => knex("orders").insert({ id: 7, note: "it's ?" });`,
    );
    const script = await printSql(settings());
    await database.query(script);
    await database.query(script);
    expect(await database.query("select * from orders")).toEqual([{ id: "7", state: "new", note: "it's ?" }]);
    expect(await migrate(settings())).toMatchObject({ applied: [], user: { applied: [] } });
  });

  test.each([
    ["a comment at its end", "create table orders (id int); -- with an id"],
    ["a comment at its end, and no semicolon", "create table orders (id int) -- with an id;"],
    ["a block comment at its end", "create table orders (id int); /* with; an id */"],
    ["several statements", "create table orders (id int);\n-- and\ninsert into orders values (1);;\n\n"],
    [
      "the tags of the script itself",
      "create table orders (id int); do $sqs2pg$ begin perform $sql$$sql_2$$sql$; end $sqs2pg$",
    ],
    [
      "the name of a variable of the script",
      "create table orders (this_batch int); insert into orders (this_batch) select this_batch from orders",
    ],
    ["rows for an answer", "create table orders (id int); insert into orders values (1) returning id"],
  ])("takes a statement with %s", async (_what, sql) => {
    await put(
      FIRST,
      `export const up = async (knex) => {
      await knex.raw("-- nothing but a comment");
      await knex.raw(${JSON.stringify(sql)});
    };`,
    );
    await database.query(await printSql(settings()));
    expect(await tables()).toContain("orders");
    expect(await migrate(settings())).toMatchObject({ applied: [], user: { applied: [] } });
  });

  test("refuses a migration that depends on what is there", async () => {
    await put(
      FIRST,
      `export async function up(knex) {
        if (!(await knex.schema.hasTable("orders"))) await knex.schema.createTable("orders", (table) => table.increments());
      }`,
    );
    await expect(printSql(settings())).rejects.toMatchObject({
      kind: "usage",
      code: "migration_not_printable",
      message: expect.stringContaining(`db/migrations/${FIRST}`),
    });
  });
});
