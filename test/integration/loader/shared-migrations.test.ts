import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrate, migrationStatus, rollback } from "../../../src/loader/migrations/migrate.js";
import { printSql } from "../../../src/loader/migrations/print-sql.js";
import { dropDatabase, openDatabase, type TestDatabase } from "../../support/database.js";

let database: TestDatabase;
let root: string;
beforeEach(async () => {
  database = await openDatabase();
  root = await mkdtemp(join(tmpdir(), "sqs2pg-shared-"));
});
afterEach(async () => {
  await dropDatabase(database);
  await rm(root, { recursive: true });
});

const ORDERS = "20260201000000_create.mjs";
const USERS = "20260202000000_create.mjs";

const creates = (table: string): string =>
  `export const up = (knex) => knex.schema.createTable("${table}", (columns) => columns.text("id"));
export const down = (knex) => knex.schema.dropTable("${table}");
`;

/** A project with a migration that makes the table that it is called by. */
async function project(table: string, name: string) {
  const path = join(root, table);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, name), creates(table));
  return {
    database: { url: database.url, env: {} },
    userFolder: { path, shown: `${table}/migrations` },
  };
}

const tables = async (): Promise<unknown[]> =>
  (await database.query("select tablename as name from pg_tables where schemaname = 'public' order by 1"))
    .map(({ name }) => name)
    .filter((name) => name !== "user_logins");

describe("two projects with one bookkeeping schema", () => {
  test("work side by side, and each says what of the other's is on record", async () => {
    const [orders, users] = [await project("orders", ORDERS), await project("users", USERS)];
    expect(await migrate(orders)).toMatchObject({ user: { applied: [ORDERS] } });
    expect(await migrate(users)).toMatchObject({ user: { applied: [USERS], absent: [ORDERS] } });
    expect((await migrate(orders)).user).toEqual({ applied: [], already: [ORDERS, USERS], absent: [USERS] });
    expect(await migrationStatus(orders)).toMatchObject({
      user: { pending: [], changed: [], absent: [USERS] },
    });
    expect(await tables()).toEqual(["orders", "users"]);
  });

  test("take back what ran last where its files are, and say which they are elsewhere", async () => {
    const [orders, users] = [await project("orders", ORDERS), await project("users", USERS)];
    await migrate(orders);
    await migrate(users);
    await expect(rollback(orders)).rejects.toMatchObject({
      code: "migrations_unknown",
      message: expect.stringMatching(
        /^what ran last in \S+ is not in orders\/migrations: 20260202000000_create\.mjs: roll back with the folder that it is in \(--migrations DIR\), or put its file back$/,
      ),
    });
    expect(await rollback(users)).toEqual([USERS]);
    expect(await rollback(orders)).toEqual([ORDERS]);
    expect(await tables()).toEqual([]);
  });

  test("hear of a name that both have, before anything is run or taken back", async () => {
    const [orders, users] = [await project("orders", ORDERS), await project("users", ORDERS)];
    await writeFile(join(users.userFolder.path, USERS), creates("more"));
    await migrate(orders);
    const refused = {
      code: "migration_changed",
      message: expect.stringMatching(
        /^something else has run in \S+ under the name of users\/migrations\/20260201000000_create\.mjs: rename it, /,
      ),
    };
    await expect(migrate(users)).rejects.toMatchObject(refused);
    await expect(rollback(users)).rejects.toMatchObject(refused);
    expect(await migrationStatus(users)).toMatchObject({ user: { changed: [ORDERS], pending: [USERS] } });
    expect(await tables()).toEqual(["orders"]);
    await rename(
      join(users.userFolder.path, ORDERS),
      join(users.userFolder.path, "20260201000001_create.mjs"),
    );
    expect(await migrate(users)).toMatchObject({
      user: { applied: ["20260201000001_create.mjs", USERS], absent: [ORDERS] },
    });
    expect(await tables()).toEqual(["more", "orders", "users"]);
  });

  test("at once: one of two with the same name is told", async () => {
    const both = [await project("orders", ORDERS), await project("users", ORDERS)];
    const results = await Promise.allSettled(both.map((settings) => migrate(settings)));
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(results.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "migration_changed" },
    });
    expect(await tables()).toHaveLength(1);
  });
});

describe("a migration that was edited after it had run", () => {
  const edit = async (path: string, text: string): Promise<void> => writeFile(join(path, ORDERS), text);

  test("is told, and counts as run where somebody says so by the statement that is named", async () => {
    const orders = await project("orders", ORDERS);
    await migrate(orders);
    await edit(orders.userFolder.path, `${creates("orders")}// note\n`);
    const error = await migrate(orders).catch((thrown: unknown) => thrown);
    const accept = /(update .* set digest = null where name in \('\S+'\))$/.exec(String(error))?.[1];
    await database.query(accept ?? "");
    expect(await migrate(orders)).toMatchObject({ user: { applied: [], already: [ORDERS] } });
    await writeFile(join(orders.userFolder.path, USERS), creates("users"));
    expect(await migrate(orders)).toMatchObject({ user: { applied: [USERS] } });
    await edit(orders.userFolder.path, creates("orders"));
    await expect(migrate(orders)).rejects.toMatchObject({ code: "migration_changed" });
  });

  test("is the same however its lines end", async () => {
    const orders = await project("orders", ORDERS);
    await migrate(orders);
    await edit(orders.userFolder.path, creates("orders").replaceAll("\n", "\r\n"));
    expect(await migrate(orders)).toMatchObject({ user: { already: [ORDERS] } });
    expect(await rollback(orders)).toEqual([ORDERS]);
  });

  test("is told where the script has made its table, too", async () => {
    const orders = await project("orders", ORDERS);
    await database.query(await printSql(orders));
    expect(await migrate(orders)).toMatchObject({ user: { already: [ORDERS] } });
    await edit(orders.userFolder.path, creates("other"));
    await expect(migrate(orders)).rejects.toMatchObject({ code: "migration_changed" });
  });
});
