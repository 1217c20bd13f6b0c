import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate, migrationStatus, rollback } from "../../../src/loader/migrations/migrate.js";
import { printSql } from "../../../src/loader/migrations/print-sql.js";
import { dropDatabase, openDatabase, type TestDatabase } from "../../support/database.js";

let scripted: TestDatabase;
let migrated: TestDatabase;
beforeEach(async () => {
  scripted = await openDatabase();
  migrated = await openDatabase();
});
afterEach(async () => {
  await dropDatabase(scripted);
  await dropDatabase(migrated);
});

const settings = ({ url }: TestDatabase) => ({ database: { url, env: {} }, schema: "Books" });

/** Everything that makes up our tables, as text. */
async function shape(database: TestDatabase): Promise<unknown[]> {
  return database.query(`
    select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull,
           pg_get_expr(d.adbin, d.adrelid) as default_value, i.indexdef
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname in ('public', 'Books')
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    left join pg_indexes i on i.schemaname = n.nspname and i.indexname = c.relname
    order by 1, 2, 3`);
}

test("the script makes what migrate makes, also when it runs twice", async () => {
  const script = await printSql({ schema: "Books" });
  await scripted.query(script);
  await scripted.query(script);
  await migrate(settings(migrated));
  expect(await shape(scripted)).toEqual(await shape(migrated));
  expect((await shape(scripted)).length).toBeGreaterThan(30);
  expect(await migrationStatus(settings(scripted))).toMatchObject({ pending: [] });
  expect(await migrate(settings(scripted))).toMatchObject({ applied: [] });
});

test("the script finds nothing to do where migrate has run, and rollback takes the script back", async () => {
  await migrate(settings(migrated));
  await migrated.query(await printSql({ schema: "Books" }));
  expect(await migrated.query(`select from "Books".migrations`)).toHaveLength(5);
  await scripted.query(await printSql({ schema: "Books" }));
  expect(await rollback(settings(scripted))).toHaveLength(5);
});

test("the script completes a database that is behind", async () => {
  await migrate(settings(migrated));
  await migrated.query(`delete from "Books".migrations where name like '%user_logins%'`);
  await migrated.query("drop table user_logins");
  await migrated.query(await printSql({ schema: "Books" }));
  expect(await migrationStatus(settings(migrated))).toMatchObject({ pending: [] });
  expect(await migrated.query("select from user_logins")).toEqual([]);
});
