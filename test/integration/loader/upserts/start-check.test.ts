import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { DatabaseError, type DatabaseProblem } from "../../../../src/errors.js";
import type { LoadTarget } from "../../../../src/loader/target.js";
import type { ColumnType } from "../../../../src/types/column-type.js";
import { dropDatabase, openMigratedDatabase, type TestDatabase } from "../../../support/database.js";
import { loginStore } from "../login-store.js";
import { newRole } from "../role.js";
import { DEFINITION, readings } from "./readings.js";

const database: TestDatabase = await openMigratedDatabase();
afterAll(() => dropDatabase(database));

beforeEach(async () => {
  await database.query(`drop view if exists seen; drop table if exists readings cascade; ${DEFINITION}`);
});

/** What the check says of a target; nothing where it passes. */
async function problemsOf(
  target: LoadTarget | readonly LoadTarget[],
  url = database.url,
): Promise<readonly Partial<DatabaseProblem>[]> {
  const store = loginStore({ url }, { targets: [target].flat() });
  try {
    await store.check();
    return [];
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return error.problems.length > 0 ? error.problems : [{ code: error.code, message: error.message }];
  } finally {
    await store.close();
  }
}

describe("a key that on_conflict can use", () => {
  test.each([
    ["in another order", "alter table readings drop constraint readings_pkey, add primary key (at, device)"],
    [
      "of an index with more columns beside it",
      "alter table readings drop constraint readings_pkey; create unique index on readings (device, at) include (value)",
    ],
    ["beside one that is of no use", "create unique index on readings (device, at) where value is null"],
    [
      "that takes NULLs for equal",
      "alter table readings drop constraint readings_pkey, add unique nulls not distinct (device, at)",
    ],
    ["of another exact collation", 'alter table readings alter device type varchar(32) collate "C"'],
    [
      "of a domain",
      "create domain device_name as varchar(40); alter table readings alter device type device_name",
    ],
  ])("%s", async (_, sql) => {
    await database.query(sql);
    expect(await problemsOf(readings("update"))).toEqual([]);
    expect(await problemsOf(readings("ignore"))).toEqual([]);
    await database.query("drop table readings; drop domain if exists device_name");
  });
});

describe("a key that on_conflict cannot use", () => {
  test.each([
    [
      "none at all",
      "",
      / has no unique key of device, at: name .* create unique index on "readings" \("device", "at"\)$/,
    ],
    ["one of other columns", "create unique index one on readings (device)", /\(it has one of device\): /],
    [
      "one of more columns",
      "create unique index one on readings (device, at, site)",
      /\(it has one of device, at, site\): /,
    ],
    [
      "a partial one",
      "create unique index one on readings (device, at) where at > 0",
      /one of device, at, which cannot be used, as it is partial\)/,
    ],
    [
      "one on an expression",
      "create unique index one on readings (device, at, (value || ''))",
      /one of device, at, which cannot be used, as it is on an expression\)/,
    ],
    [
      "a deferrable one",
      "alter table readings add constraint one unique (device, at) deferrable",
      /as it is deferrable\)/,
    ],
    [
      "one without overlaps",
      "create extension if not exists btree_gist; alter table readings alter at type int4range using null, add constraint one unique (device, at without overlaps)",
      /as it is about periods that do not overlap\)/,
    ],
  ])("%s", async (_, sql, message) => {
    await database.query(`alter table readings drop constraint readings_pkey; ${sql}`);
    const problems = await problemsOf(readings("ignore"));
    expect(problems).toContainEqual(
      expect.objectContaining({
        code: "key_not_unique",
        table: "readings",
        message: expect.stringMatching(message),
      }),
    );
  });

  test("of a view", async () => {
    await database.query("create view seen as select * from readings");
    expect(await problemsOf({ ...readings("update"), table: { name: "seen" } })).toMatchObject([
      { code: "key_not_unique", message: expect.stringMatching(/^seen is a view, /) },
    ]);
  });

  test("of a partition that is not attached", async () => {
    await database.query(`drop table readings;
      create table readings (device varchar(32) not null, at integer not null, value text, site text) partition by range (at);
      create table low partition of readings for values from (0) to (100);
      create unique index one on only readings (device, at)`);
    expect(await problemsOf(readings("ignore"))).toMatchObject([
      { code: "key_not_unique", message: expect.stringMatching(/as it is not valid\)/) },
    ]);
  });

  test.each<[string, string, RegExp, ColumnType?]>([
    [
      "a collation that ignores case",
      "create collation if not exists nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false); alter table readings alter device type varchar(32) collate nocase",
      /collation/,
    ],
    [
      "citext",
      "create extension if not exists citext; alter table readings alter device type citext",
      /citext/,
    ],
    [
      "char, not by the pipeline",
      "alter table readings alter device type char(32)",
      /character\(32\), and the pipeline says/,
    ],
    [
      "char, by the pipeline alone",
      "alter table readings alter device type text",
      /is of type text, and the pipeline says char\(3\)/,
      { name: "char", length: 3 },
    ],
    [
      "moments that are rounded",
      "alter table readings alter device type timestamptz(3) using null",
      /rounds fractions of a second/,
      { name: "timestamptz" },
    ],
  ])("update by %s", async (_, sql, message, type = { name: "varchar", length: 32 }) => {
    await database.query(sql);
    const columns = readings("update").columns.map((column) =>
      column.name === "device" ? { ...column, type } : column,
    );
    expect(await problemsOf(readings("update", { columns }))).toMatchObject([
      { code: "key_not_exact", column: "device", message: expect.stringMatching(message) },
    ]);
    expect(await problemsOf(readings("ignore", { columns }))).toEqual([]);
  });
});

describe("several pipelines into one table", () => {
  const one: LoadTarget = { ...readings("update"), name: "one" };
  const into = (table: LoadTarget["table"], more: Partial<LoadTarget>): LoadTarget => {
    const { conflict: _, ...plain } = one;
    return { ...plain, table, name: "two", ...more };
  };

  test.each<[string, LoadTarget]>([
    ["both update", into({ name: "readings" }, { conflict: { key: ["device", "at"], action: "update" } })],
    ["one updates", into({ name: "readings" }, {})],
    ["under another name", into({ schema: "public", name: "readings" }, {})],
  ])("%s", async (_, two) => {
    expect(await problemsOf([one, two])).toMatchObject([
      {
        code: "table_shared",
        message: expect.stringMatching(/^pipelines one, two load into table readings, /),
      },
    ]);
  });

  test("none updates, or into another table", async () => {
    const ignoring = { ...one, conflict: { key: ["device", "at"], action: "ignore" } } as const;
    expect(await problemsOf([ignoring, into({ name: "readings" }, {})])).toEqual([]);
    await database.query(
      `drop schema if exists other cascade; create schema other; create table other.readings (like readings including all)`,
    );
    expect(
      await problemsOf([one, { ...one, table: { schema: "other", name: "readings" }, name: "two" }]),
    ).toEqual([]);
  });
});

describe("constants", () => {
  const constant = (name: string, text: string | null): LoadTarget => ({
    ...readings("update"),
    constants: [{ name, text }],
  });

  test.each<[string, string, LoadTarget, string, RegExp]>([
    [
      "a column that is not there",
      "",
      constant("sit", "x"),
      "column_missing",
      /lacks column sit \(did you mean site\?\)/,
    ],
    [
      "NULL where it must not be",
      "alter table readings alter site set not null",
      constant("site", null),
      "column_not_null",
      /its constant is null/,
    ],
    [
      "a generated column",
      "alter table readings add twice int generated always as (at * 2) stored",
      constant("twice", "2"),
      "column_generated",
      /^column twice of table readings is generated/,
    ],
    [
      "an identity",
      "alter table readings add id int generated always as identity",
      constant("id", "2"),
      "column_generated",
      /^column id .* always generated/,
    ],
    [
      "what its type does not take",
      "alter table readings add day date",
      constant("day", "2026-02-30"),
      "constant_unfit",
      /^the constant of column day .* type, date, takes/,
    ],
    [
      "what is too long",
      "alter table readings add code varchar(2)",
      constant("code", "abc"),
      "constant_unfit",
      /character varying\(2\)/,
    ],
    [
      "what its domain refuses",
      "drop domain if exists positive; create domain positive as integer check (value > 0); alter table readings add n positive",
      constant("n", "-1"),
      "constant_unfit",
      /positive/,
    ],
    [
      "no value of an enum",
      "drop type if exists mood; create type mood as enum ('sad'); alter table readings add m mood",
      constant("m", "happy"),
      "constant_unfit",
      /mood/,
    ],
    ["no JSON", "alter table readings add j jsonb", constant("j", "{"), "constant_unfit", /jsonb/],
  ])("%s", async (_, sql, target, code, message) => {
    await database.query(sql);
    const problems = await problemsOf(target);
    expect(problems).toMatchObject([{ code, table: "readings", message: expect.stringMatching(message) }]);
    expect(problems[0]?.message).not.toMatch(/happy|2026-02-30|abc|-1/);
  });

  test("fill a column that must not be NULL", async () => {
    await database.query("alter table readings alter site set not null");
    expect(await problemsOf(readings("update"))).toMatchObject([{ code: "column_not_filled" }]);
    expect(await problemsOf(constant("site", "north"))).toEqual([]);
  });
});

describe("privileges", () => {
  const needed = [
    "usage on schema sqs2pg",
    "select on sqs2pg.migrations",
    "select, insert, delete on sqs2pg.ledger",
    "select, insert, update on sqs2pg.rejects",
    "select, insert, update on sqs2pg.runs",
    "select, insert, update on sqs2pg.newest",
    "insert (device, at, value, site) on readings",
    "select (device, at, value, site) on readings",
    "update (value, site) on readings",
  ];
  const target = readings("update", { constants: [{ name: "site", text: "north" }] });

  test("those that are needed are enough", async () => {
    const role = await newRole(database);
    for (const privilege of needed) await database.query(`grant ${privilege} to ${role.name}`);
    expect(await problemsOf(target, role.url)).toEqual([]);
  });

  test.each([
    ["update on sqs2pg.newest", "UPDATE on sqs2pg.newest"],
    ["insert (site) on readings", "INSERT on readings (site)"],
    ["select (at) on readings", "SELECT on readings (at)"],
    ["select (value) on readings", "SELECT on readings (value)"],
    ["update (site) on readings", "UPDATE on readings (site)"],
    ["update (value, site) on readings", "UPDATE on readings"],
  ])("without %s", async (privilege, lacking) => {
    const role = await newRole(database);
    for (const one of needed) await database.query(`grant ${one} to ${role.name}`);
    await database.query(`revoke ${privilege} from ${role.name}`);
    expect(await problemsOf(target, role.url)).toMatchObject([
      { code: "privilege_missing", message: expect.stringContaining(`lacks ${lacking} in `) },
    ]);
  });

  test("ignore needs no update, and no table of newest messages", async () => {
    const role = await newRole(database);
    const some = needed.filter((one) => !/newest|on readings/.test(one));
    const own = ["insert on readings", "select (device, at) on readings"];
    for (const privilege of [...some, ...own]) await database.query(`grant ${privilege} to ${role.name}`);
    expect(
      await problemsOf({ ...target, conflict: { key: ["device", "at"], action: "ignore" } }, role.url),
    ).toEqual([]);
  });

  test("policies for each thing that is done to rows", async () => {
    const role = await newRole(database);
    for (const privilege of needed) await database.query(`grant ${privilege} to ${role.name}`);
    await database.query(
      "alter table readings enable row level security; create policy i on readings for insert with check (true)",
    );
    expect(await problemsOf(target, role.url)).toMatchObject([
      {
        code: "policy_missing",
        message: expect.stringMatching(/no policy that lets user role_\w+ select: /),
      },
      { code: "policy_missing", message: expect.stringMatching(/ update: /) },
    ]);
    await database.query(
      "create policy s on readings for select using (true); create policy u on readings for update using (true)",
    );
    expect(await problemsOf(target, role.url)).toEqual([]);
  });
});
