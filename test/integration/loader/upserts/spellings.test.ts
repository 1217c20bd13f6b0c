import { afterAll, beforeEach, expect, test } from "vitest";
import type { LoadMessage } from "../../../../src/loader/store.js";
import type { LoadTarget } from "../../../../src/loader/target.js";
import type { PlainValue } from "../../../../src/row.js";
import type { ColumnType } from "../../../../src/types/column-type.js";
import { dropDatabase, openMigratedDatabase, type TestDatabase } from "../../../support/database.js";
import { loaderInto, sentAt } from "./readings.js";

const database: TestDatabase = await openMigratedDatabase();
afterAll(() => dropDatabase(database));
beforeEach(() => database.query("drop table if exists things; truncate sqs2pg.ledger, sqs2pg.newest"));

/** What changes how PostgreSQL writes values: the next session has it in another way. */
const SETTINGS = [
  "datestyle = 'German'",
  "timezone = 'Asia/Kolkata'",
  "bytea_output = 'escape'",
  "intervalstyle = 'iso_8601'",
];

function keyOf(type: ColumnType): LoadTarget {
  return {
    table: { name: "things" },
    columns: [
      { name: "id", type },
      { name: "note", type: { name: "text" } },
    ],
    conflict: { key: ["id"], action: "update" },
  };
}

const thing = (ms: number, id: PlainValue, note: string): LoadMessage => ({
  ...sentAt(ms, []),
  rows: [{ target: 0, values: [id, note] }],
});

test.each<[string, ColumnType, PlainValue, PlainValue, PlainValue]>([
  ["text", { name: "text" }, "a", "a", "a "],
  ["text", { name: "text" }, 'a","b', 'a","b', "a"],
  ["varchar(9)", { name: "varchar", length: 9 }, "é", "é", "e\u0301"],
  ["char(9)", { name: "char", length: 9 }, "a", "a   ", "b"],
  ["smallint", { name: "smallint" }, 7, "7", -7],
  ["integer", { name: "integer" }, 7, "7", 8],
  ["bigint", { name: "bigint" }, "9223372036854775807", "9223372036854775807", "9223372036854775806"],
  ["numeric", { name: "numeric" }, "1.10", "1.1", "1.100000000000000000001"],
  ["numeric(9,2)", { name: "numeric", precision: 9, scale: 2 }, "100", "100.00", "1"],
  ["numeric", { name: "numeric" }, "NaN", "NaN", "Infinity"],
  ["boolean", { name: "boolean" }, true, "true", false],
  [
    "uuid",
    { name: "uuid" },
    "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
    "{a0eebc999c0b4ef8bb6d6bb9bd380a11}",
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12",
  ],
  ["date", { name: "date" }, "2026-02-01", "2026-02-01", "2026-01-02"],
  [
    "timestamp",
    { name: "timestamp" },
    "2026-02-01T00:00:00",
    "2026-02-01 00:00:00.000000",
    "2026-02-01 00:00:00.000001",
  ],
  [
    "timestamptz",
    { name: "timestamptz" },
    "2026-02-01T00:00:00Z",
    "2026-02-01T05:30:00+05:30",
    "2026-02-01T00:00:00.000001Z",
  ],
  ["date", { name: "date" }, "infinity", "infinity", "-infinity"],
  [
    "timestamptz",
    { name: "timestamptz" },
    "0044-03-15T00:00:00Z BC",
    "0044-03-15T00:00:00+00 BC",
    "0044-03-15T00:00:00Z",
  ],
  ["timestamptz", { name: "timestamptz" }, "infinity", "infinity", "-infinity"],
  ["time", { name: "time" }, "12:00", "12:00:00.000", "12:00:00.000001"],
  ["inet", { name: "inet" }, "10.0.0.1", "10.0.0.1/32", "10.0.0.1/31"],
  ["inet", { name: "inet" }, "FE80::0:1", "fe80::1", "fe80::2"],
  ["cidr", { name: "cidr" }, "10.0.0.0/8", "10.0.0.0/8", "10.0.0.0/9"],
  ["bytea", { name: "bytea" }, "\\x61", "\\x61", "\\x62"],
])("a key of type %s (%j): %j is %j, and not %j", async (text, type, one, same, other) => {
  await database.query(`create table things (id ${text} primary key, note text)`);
  const first = loaderInto(database, keyOf(type));
  expect(await first.load(thing(2, one, "newer"))).toMatchObject({ rows: 1, superseded: 0, rejects: [] });
  await first.store.close();
  for (const setting of SETTINGS) await database.query(`alter database ${database.name} set ${setting}`);
  const second = loaderInto(database, keyOf(type));
  try {
    expect(await second.load(thing(1, same, "older"))).toMatchObject({ rows: 0, superseded: 1, rejects: [] });
    expect(await second.load(thing(1, other, "other"))).toMatchObject({
      rows: 1,
      superseded: 0,
      rejects: [],
    });
    expect(await second.load(thing(3, same, "newest"))).toMatchObject({
      rows: 1,
      superseded: 0,
      rejects: [],
    });
    const notes = await database.query("select note from things order by note");
    expect(notes).toEqual([{ note: "newest" }, { note: "other" }]);
  } finally {
    await second.store.close();
    await database.query(`alter database ${database.name} reset all`);
  }
});
