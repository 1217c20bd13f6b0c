import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { DatabaseError } from "../../../src/errors.js";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import { openStore } from "../../../src/loader/open-store.js";
import type { LoadTarget } from "../../../src/loader/target.js";
import { useDatabase } from "../../support/database.js";
import { newRole } from "./role.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});

beforeEach(async () => {
  await database.query("create schema shop");
});
afterEach(async () => {
  await database.query("drop schema shop cascade");
});

type Columns = Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;

/** A target as a pipeline declares it; a column that is a text alone is of that type. */
function targetOf(table: string, columns: Columns): LoadTarget {
  const full = Object.entries(columns).map(([name, column]) => [
    name,
    { from: name, ...(typeof column === "string" ? { type: column } : column) },
  ]);
  return parsePipeline({ queue: "q", table, columns: Object.fromEntries(full) }, { source: "f" }).pipeline;
}

async function check(targets: readonly LoadTarget[], url = database.url): Promise<void> {
  const store = openStore({ database: { url, env: {} }, targets, poolSize: 1 });
  try {
    await store.check();
  } finally {
    await store.close();
  }
}

async function problemOf(targets: readonly LoadTarget[], url?: string): Promise<DatabaseError> {
  try {
    await check(targets, url);
  } catch (error) {
    expect(error).toMatchObject({ name: "DatabaseError", kind: "failed" });
    return error as DatabaseError;
  }
  return expect.unreachable("nothing was found");
}

interface Case {
  /** SQL that makes the table. */
  readonly sql: string;
  readonly columns: Columns;
  readonly code: string;
  /** The whole message, without the database. */
  readonly says: string;
  /** `shop.t` when absent. */
  readonly table?: string;
}

const CASES: Readonly<Record<string, Case>> = {
  "a table that is not there, with one of nearly its name": {
    sql: "create table shop.orders (id bigint)",
    columns: { id: "bigint" },
    table: "shop.oders",
    code: "table_missing",
    says: "there is no table shop.oders: write shop.orders in the pipeline, or create it first",
  },
  "a table that is in another schema": {
    sql: "create table shop.orders (id bigint)",
    columns: { id: "bigint" },
    table: "orders",
    code: "table_missing",
    says: "there is no table orders: write shop.orders in the pipeline, or create it first",
  },
  "a materialized view": {
    sql: "create materialized view shop.t as select 1::bigint as id",
    columns: { id: "bigint" },
    code: "target_not_a_table",
    says: "shop.t is a materialized view, and no table that rows can be inserted into: check its name",
  },
  "columns that are not there, one with nearly the name": {
    sql: "create table shop.t (id bigint, amount integer)",
    columns: { id: "bigint", amuont: "integer", note: "text" },
    code: "column_missing",
    says: "table shop.t lacks columns amuont (did you mean amount?), note: add what is missing, or change the pipeline",
  },
  "a type that cannot be assigned": {
    sql: "create table shop.t (id uuid)",
    columns: { id: "varchar(36)" },
    code: "column_type_mismatch",
    says: "column id of table shop.t is of type uuid, and the pipeline says varchar(36): write uuid in the pipeline, or change the column",
  },
  "an enum": {
    sql: "create type shop.mood as enum ('sad', 'happy'); create table shop.t (mood shop.mood)",
    columns: { mood: "text" },
    code: "column_type_mismatch",
    says: "column mood of table shop.t is of type shop.mood, and the pipeline says text: PostgreSQL assigns no text to an enum, so make the column text with a check constraint, or let the database do it: create cast (text as shop.mood) with inout as assignment",
  },
  "a type that nothing goes into": {
    sql: "create table shop.t (at point)",
    columns: { at: "text" },
    code: "column_type_mismatch",
    says: "column at of table shop.t is of type point, and the pipeline says text: no type of a pipeline goes into it, so make the column text, or leave it out of the pipeline",
  },
  "a domain over what does not fit": {
    sql: "create domain shop.code as varchar(4); create table shop.t (code shop.code)",
    columns: { code: "varchar(5)" },
    code: "column_too_narrow",
    says: "column code of table shop.t is of type shop.code (character varying(4)), which does not hold every varchar(5) of the pipeline: write varchar(4) in the pipeline, or make the column wider",
  },
  "text into a column of limited width": {
    sql: "create table shop.t (name varchar(20))",
    columns: { name: "text" },
    code: "column_too_narrow",
    says: "column name of table shop.t is of type character varying(20), which does not hold every text of the pipeline: write varchar(20) in the pipeline, or make the column wider",
  },
  "whole numbers into fewer bytes": {
    sql: "create table shop.t (id integer)",
    columns: { id: "bigint" },
    code: "column_too_narrow",
    says: "column id of table shop.t is of type integer, which does not hold every bigint of the pipeline: write integer in the pipeline, or make the column wider",
  },
  "decimals that would be rounded": {
    sql: "create table shop.t (price numeric(12,2))",
    columns: { price: "numeric(12,4)" },
    code: "column_lossy",
    says: "column price of table shop.t is of type numeric(12,2), which would round or cut some numeric(12,4) of the pipeline without a word: write numeric(12,2) in the pipeline, or change the column",
  },
  "an array of another type": {
    sql: "create table shop.t (tags integer[])",
    columns: { tags: "text[]" },
    code: "column_type_mismatch",
    says: "column tags of table shop.t is of type integer[], and the pipeline says text[]: write integer[] in the pipeline, or change the column",
  },
  "a generated column": {
    sql: "create table shop.t (a integer, b integer generated always as (a + 1) stored)",
    columns: { a: "integer", b: "integer" },
    code: "column_generated",
    says: "column b of table shop.t is generated by the table itself: leave it out of the pipeline",
  },
  "an identity that is always generated": {
    sql: "create table shop.t (id bigint generated always as identity)",
    columns: { id: "bigint" },
    code: "column_generated",
    says: "column id of table shop.t is an identity that is always generated: leave it out of the pipeline, or make it generated by default",
  },
  "columns that must not be NULL and are not filled": {
    sql: "create table shop.t (id bigint, a text not null, b integer primary key)",
    columns: { id: "bigint" },
    code: "column_not_filled",
    says: "table shop.t has columns a, b that must not be NULL, without a default, and the pipeline does not fill: add to the pipeline, or give a default",
  },
  "NULL where it must not be": {
    sql: "create table shop.t (id bigint not null default 1)",
    columns: { id: "bigint" },
    code: "column_not_null",
    says: "column id of table shop.t is NOT NULL, and the pipeline may have NULL for it: write required: true in the pipeline, or a default",
  },
  "NULL where a domain does not take it": {
    sql: "create domain shop.sure as text not null; create table shop.t (id shop.sure)",
    columns: { id: { type: "text", on_error: "null", default: "none" } },
    code: "column_not_null",
    says: "column id of table shop.t is NOT NULL, and the pipeline may have NULL for it: write on_error: reject in the pipeline",
  },
  "a mask whose output is too wide": {
    sql: "create table shop.t (ip varchar(63))",
    columns: { ip: { type: "text", mask: "hmac-sha256" } },
    code: "mask_too_wide",
    says: "column ip of table shop.t holds 63 characters, and the mask hmac-sha256 makes up to 64: make the column wider, or choose another mask",
  },
  "a view that takes no rows": {
    sql: "create view shop.t as select count(*) as id from pg_class",
    columns: { id: "bigint" },
    code: "target_read_only",
    says: "view shop.t cannot be inserted into: name the table behind it, or give it an INSTEAD OF INSERT trigger",
  },
  "a column that its view computes": {
    sql: "create table shop.base (id bigint); create view shop.t as select id, id + 1 as next from shop.base",
    columns: { id: "bigint", next: "bigint" },
    code: "column_read_only",
    says: "column next of table shop.t is computed by the view: leave it out of the pipeline",
  },
  "a partitioned table without a partition": {
    sql: `create table shop.t (id bigint) partition by range (id);
      create table shop.branch partition of shop.t for values from (0) to (9) partition by range (id)`,
    columns: { id: "bigint" },
    code: "partition_missing",
    says: "partitioned table shop.t has no partition, so that every row would be refused: create one, such as a default partition",
  },
};

describe("what is wrong with a table is told before the first receive", () => {
  test.each(Object.entries(CASES))("%s", async (_name, { sql, columns, table = "shop.t", code, says }) => {
    await database.query(sql);
    const error = await problemOf([targetOf(table, columns)]);
    const { message } = error;
    expect({ code: error.code, message: message.replaceAll(` in ${error.source}`, "") }).toEqual({
      code,
      message: says,
    });
    expect(error.source).toMatch(/^127\.0\.0\.1:\d+\/test_/);
    expect(error.problems).toMatchObject([{ code, message, table }]);
  });
});

test("all that is wrong with two tables is told at once", async () => {
  await database.query(`create table shop.t (id bigint generated always as identity, name varchar(5) not null);
    create table shop.items (price numeric(4,2), "at" date)`);
  const error = await problemOf([
    targetOf("shop.t", { id: "bigint", name: "varchar(9)" }),
    targetOf("shop.items", { price: "text", at: { type: "timestamptz", from: "$sent_at" }, sku: "text" }),
    targetOf("shop.none", { id: "bigint" }),
  ]);
  expect(error.code).toBe("target_unfit");
  const found = error.problems.map(({ code, table, column }) => [code, table, column]);
  expect(found).toEqual([
    ["column_generated", "shop.t", "id"],
    ["column_too_narrow", "shop.t", "name"],
    ["column_not_null", "shop.t", "name"],
    ["column_missing", "shop.items", undefined],
    ["column_type_mismatch", "shop.items", "price"],
    ["column_lossy", "shop.items", "at"],
    ["table_missing", "shop.none", undefined],
  ]);
  expect(error.message).toBe(`${error.source}: ${error.problems.map(({ message }) => message).join("; ")}`);
  expect(error.message.split(error.source)).toHaveLength(2);
});

test("what several pipelines load into one table is told once", async () => {
  const target = targetOf("shop.t", { id: "bigint" });
  expect((await problemOf([target, target])).code).toBe("table_missing");
});

describe("moments where the session's time zone decides what they mean", () => {
  const target = targetOf("shop.t", { at: "timestamptz" });
  beforeEach(() => database.query("create table shop.t (at timestamp)"));

  test("are refused", async () => {
    const error = await problemOf([target], `${database.url}?options=-c%20TimeZone%3DEurope%2FBerlin`);
    expect(error.code).toBe("time_zone_matters");
    expect(error.message).toContain("the session's time zone, Europe/Berlin: write timestamp in the");
  });

  test("are loaded where it is UTC", async () => {
    await check([target], `${database.url}?options=-c%20TimeZone%3DEtc%2FUTC`);
  });
});

describe("privileges", () => {
  const bookkeeping = [
    "usage on schema sqs2pg",
    "select on sqs2pg.migrations",
    "select, insert, delete on sqs2pg.ledger",
    "select, insert, update on sqs2pg.rejects",
    "select, insert, update on sqs2pg.runs",
  ];
  const table = "create table shop.t (id bigint, note text, number serial)";
  const target = targetOf("shop.t", { id: "bigint", note: "text" });

  async function roleWith(...privileges: string[]): Promise<{ name: string; url: string }> {
    const role = await newRole(database);
    for (const one of privileges) await database.query(`grant ${one} to ${role.name}`);
    return role;
  }

  test.each([
    [
      "no privilege at all",
      [],
      "USAGE on schema shop, INSERT on shop.t, USAGE on sequence shop.t_number_seq",
    ],
    [
      "one column",
      ["usage on schema shop", "insert (id) on shop.t", "usage on sequence shop.t_number_seq"],
      "INSERT on shop.t (note)",
    ],
    ["the table alone", ["usage on schema shop", "insert on shop.t"], "USAGE on sequence shop.t_number_seq"],
  ])("with %s", async (_name, granted, lacking) => {
    await database.query(table);
    const role = await roleWith(...bookkeeping, ...granted);
    const error = await problemOf([target], role.url);
    expect(error.code).toBe("privilege_missing");
    expect(error.message).toBe(`user ${role.name} lacks ${lacking} in ${error.source}: grant it`);
  });

  test.each([
    ["usage on schema shop", "insert on shop.t", "usage on sequence shop.t_number_seq"],
    ["usage on schema shop", "insert (id, note) on shop.t", "update on sequence shop.t_number_seq"],
  ])("with %s, %s and %s all is well", async (...granted) => {
    await database.query(table);
    await check([target], (await roleWith(...bookkeeping, ...granted)).url);
  });

  describe("row-level security", () => {
    const granted = ["usage on schema shop", "insert on shop.t"];
    beforeEach(() =>
      database.query(
        "create table shop.t (id bigint, note text); alter table shop.t enable row level security",
      ),
    );

    test.each([
      ["no policy", "select"],
      ["none for insert", "create policy mine on shop.t for select using (true)"],
      ["none for this user", "create policy mine on shop.t to postgres using (true)"],
      ["a restrictive one only", "create policy mine on shop.t as restrictive for insert with check (true)"],
    ])("with %s", async (_name, sql) => {
      await database.query(sql);
      const role = await roleWith(...bookkeeping, ...granted);
      const error = await problemOf([target], role.url);
      expect([error.code, error.message]).toEqual([
        "policy_missing",
        `row-level security of table shop.t has no policy that lets user ${role.name} insert: create one for insert`,
      ]);
    });

    test("a policy decides row by row", async () => {
      await database.query("create policy mine on shop.t for insert with check (id > 0)");
      await check([target], (await roleWith(...bookkeeping, ...granted)).url);
    });

    test("does not hold for whoever goes around it", async () => {
      await check([target]);
    });
  });
});
