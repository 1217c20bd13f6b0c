import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrate } from "../../../../src/loader/migrations/migrate.js";
import type { LoadTarget } from "../../../../src/loader/target.js";
import { createColumnMask, keyringOf, parseKey } from "../../../../src/masking/index.js";
import { KEY } from "../../../support/bench.js";
import { useDatabase } from "../../../support/database.js";
import { DEFINITION, type Loader, loaderInto, readings, sentAt } from "./readings.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});
const loaders: Loader[] = [];

function loader(...targets: readonly LoadTarget[]): Loader {
  const made = loaderInto(database, ...targets);
  loaders.push(made);
  return made;
}

const table = (): ReturnType<typeof database.query> =>
  database.query("select device, at, value from readings order by device, at");

beforeEach(async () => {
  await database.query(`drop table if exists readings cascade; ${DEFINITION};
    truncate sqs2pg.ledger, sqs2pg.newest, sqs2pg.tokens`);
});
afterEach(async () => {
  await Promise.all(loaders.splice(0).map(({ store }) => store.close()));
});

describe("ignore", () => {
  test("keeps the row that is there, and counts those that gave way", async () => {
    const { store, load } = loader(readings("ignore"));
    await store.check();
    expect(await load(sentAt(2, [["a", 1, "first"]]))).toMatchObject({ loaded: 1, rows: 1, superseded: 0 });
    const more = [
      sentAt(3, [["a", 1, "late"]]),
      sentAt(1, [
        ["b", 1, "x"],
        ["b", 1, "y"],
      ]),
    ] as const;
    expect(await load(...more)).toMatchObject({ loaded: 2, rows: 1, superseded: 2 });
    expect(await table()).toEqual([
      { device: "a", at: 1, value: "first" },
      { device: "b", at: 1, value: "x" },
    ]);
  });
});

describe("update", () => {
  test("leaves the row of the newest message, whatever comes first", async () => {
    const { store, load } = loader(readings("update"));
    await store.check();
    expect(await load(sentAt(5, [["a", 1, "newer"]]))).toMatchObject({ rows: 1, superseded: 0 });
    expect(await load(sentAt(4, [["a", 1, "older"]]))).toMatchObject({ loaded: 1, rows: 0, superseded: 1 });
    expect(await table()).toEqual([{ device: "a", at: 1, value: "newer" }]);
    await load(sentAt(7, [["a", 1, "7"]]), sentAt(6, [["a", 1, "6"]]));
    expect(await table()).toEqual([{ device: "a", at: 1, value: "7" }]);
  });

  test("takes the last record of a message, and NULL like any value", async () => {
    const { load } = loader(readings("update"));
    await load(
      sentAt(1, [
        ["a", 1, "x"],
        ["a", 2, "z"],
        ["a", 1, null],
      ]),
    );
    expect(await table()).toEqual([
      { device: "a", at: 1, value: null },
      { device: "a", at: 2, value: "z" },
    ]);
  });

  const numbered = (group: string, sequence: string) => ({ group, sequence });

  test("goes by the sequence numbers of a group where messages were sent at the same time", async () => {
    const { load } = loader(readings("update"));
    const eighth = sentAt(5, [["a", 1, "eighth"]], numbered("g", "9"));
    await load(sentAt(5, [["a", 1, "ninth"]], numbered("g", "18849496460467696127")), eighth);
    expect(await table()).toEqual([{ device: "a", at: 1, value: "ninth" }]);
    await load(sentAt(5, [["a", 1, "tenth"]], numbered("g", "18849496460467696128")));
    expect(await table()).toEqual([{ device: "a", at: 1, value: "tenth" }]);
    await load(sentAt(5, [["a", 1, "late"]], numbered("g", "10")));
    expect(await table()).toEqual([{ device: "a", at: 1, value: "tenth" }]);
  });

  test.each([
    ["of another group", numbered("other", "1")],
    ["of a standard queue", undefined],
  ])("goes by the time, whatever the numbers are, where a message is %s", async (_of, turn) => {
    const { load } = loader(readings("update"));
    const higher = (ms: number, value: string) => sentAt(ms, [["a", 1, value]], numbered("g", "99"));
    await load(sentAt(5, [["a", 1, "newer"]], turn), higher(4, "older"));
    expect(await table()).toEqual([{ device: "a", at: 1, value: "newer" }]);
    await load(higher(4, "older, too"));
    expect(await table()).toEqual([{ device: "a", at: 1, value: "newer" }]);
    await load(higher(6, "newest"));
    expect(await table()).toEqual([{ device: "a", at: 1, value: "newest" }]);
  });

  test("keeps no name of a group", async () => {
    const { load } = loader(readings("update"));
    await load(sentAt(1, [["a", 1, "x"]], numbered("ann@example.com", "1")));
    const [known] = await database.query("select newest::text as text from sqs2pg.newest");
    expect(known?.["text"]).not.toContain("ann");
  });

  test("at the same time it is the message id that decides, whatever comes first", async () => {
    const { load } = loader(readings("update"));
    const messages = ["a", "b", "c"].map((value) => sentAt(1, [["k", 1, value]]));
    const [newest] = messages.toSorted((one, other) => (one.messageId < other.messageId ? 1 : -1));
    for (const message of messages) await load(message);
    expect(await table()).toEqual([{ device: "k", at: 1, value: newest?.rows[0]?.values[2] }]);
  });

  test("changes rows from before, and brings back those that were deleted with what is newer only", async () => {
    await database.query("insert into readings values ('a', 1, 'before', 'north')");
    const { load } = loader(readings("update"));
    const [second, third] = [sentAt(2, [["a", 1, "second"]]), sentAt(3, [["a", 1, "third"]])];
    await load(second);
    expect(await database.query("select * from readings")).toEqual([
      { device: "a", at: 1, value: "second", site: "north" },
    ]);
    await database.query("delete from readings");
    await load(second, sentAt(1, [["a", 1, "first"]]));
    expect(await table()).toEqual([]);
    await load(third);
    expect(await table()).toEqual([{ device: "a", at: 1, value: "third" }]);
  });

  test("a message that comes again changes nothing", async () => {
    const { load } = loader(readings("update"));
    const message = sentAt(1, [["a", 1, "x"]]);
    await load(message);
    await database.query("update readings set value = 'by hand'");
    expect(await load(message)).toMatchObject({ loaded: 0, duplicates: 1, rows: 0, superseded: 0 });
    expect(await table()).toEqual([{ device: "a", at: 1, value: "by hand" }]);
  });

  test("constants are written, and are part of the key where it names them", async () => {
    await database.query(
      "alter table readings drop constraint readings_pkey, add primary key (site, device, at)",
    );
    const target = readings("update", {
      constants: [{ name: "site", text: "it's? \\ north" }],
      conflict: { key: ["site", "device", "at"], action: "update" },
    });
    const { store, load } = loader(target);
    await store.check();
    await load(sentAt(1, [["a", 1, "x"]]));
    await load(sentAt(2, [["a", 1, "y"]]));
    expect(await database.query("select * from readings")).toEqual([
      { device: "a", at: 1, value: "y", site: "it's? \\ north" },
    ]);
  });

  test("tokens can be part of the key", async () => {
    const mask = { strategy: "token", domain: "device" } as const;
    const [device, ...columns] = readings("update").columns;
    if (device === undefined) return expect.fail("no columns");
    const { store, load } = loader(readings("update", { columns: [{ ...device, mask }, ...columns] }));
    await store.check();
    const token = createColumnMask(mask, keyringOf(parseKey(KEY)));
    const from = (ms: number, name: string, value: string) => ({
      ...sentAt(ms, []),
      rows: [{ target: 0, values: [token(name), 1, value] }],
    });
    await load(from(2, "ann", "newer"), from(1, "bob", "b"));
    await load(from(1, "ann", "older"), from(3, "bob", "B"));
    const found = await database.query("select device, value from readings order by value");
    expect(found).toEqual([
      { device: expect.stringMatching(/^t1\./), value: "B" },
      { device: expect.stringMatching(/^t1\./), value: "newer" },
    ]);
  });

  test("rows whose keys only the table takes for equal are found one by one", async () => {
    await database.query(
      "create collation nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false); alter table readings alter device type varchar(32) collate nocase",
    );
    const { load } = loader(readings("update"));
    const result = await load(
      sentAt(1, [["a", 1, "x"]]),
      sentAt(2, [["A", 1, "y"]]),
      sentAt(3, [
        ["b", 1, "x"],
        ["B", 1, "y"],
      ]),
    );
    expect(result).toMatchObject({ loaded: 2, error: null });
    expect(result.rejects).toMatchObject([{ reject: { code: "sqlstate_21000" } }]);
    expect(await table()).toEqual([{ device: expect.stringMatching(/^a$/i), at: 1, value: "y" }]);
  });

  test("the rows of a partitioned table move to where they belong", async () => {
    await database.query(`drop table readings;
      create table readings (device varchar(32), at integer, value text, site text, primary key (device, at)) partition by range (at);
      create table low partition of readings for values from (0) to (100);
      create table high partition of readings for values from (100) to (200)`);
    const { store, load } = loader(readings("update"));
    await store.check();
    await load(
      sentAt(1, [
        ["a", 1, "x"],
        ["a", 100, "y"],
      ]),
    );
    expect(await load(sentAt(2, [["a", 1, "X"]]), sentAt(2, [["a", 999, "no partition"]]))).toMatchObject({
      loaded: 1,
      rejects: [{ reject: { code: "sqlstate_23514" } }],
    });
    expect(
      await database.query("select tableoid::regclass::text as place, value from readings order by 1"),
    ).toEqual([
      { place: "high", value: "y" },
      { place: "low", value: "X" },
    ]);
  });
});

test("a table without the key says so before anything is received", async () => {
  await database.query("alter table readings drop constraint readings_pkey");
  const { store } = loader(readings("update"));
  await expect(store.check()).rejects.toMatchObject({ code: "key_not_unique" });
});

describe("values that are the same in every row", () => {
  test("become what the column's type makes of them", async () => {
    await database.query(
      `alter table readings add day date, add tags text[], add extra jsonb, add ok boolean, add n numeric(5,2)`,
    );
    const constants = [
      { name: "day", text: "2026-01-02" },
      { name: "tags", text: "{a,b}" },
      { name: "extra", text: '{"a":[1]}' },
      { name: "ok", text: "true" },
      { name: "n", text: "7" },
      { name: "site", text: null },
    ];
    for (const action of ["ignore", "update"] as const) {
      const { store, load } = loader(readings(action, { constants }));
      await store.check();
      await load(sentAt(1, [[action, 1, "x"]]));
    }
    expect(await database.query("select day::text, tags, extra, ok, n, site from readings")).toEqual(
      Array(2).fill({
        day: "2026-01-02",
        tags: ["a", "b"],
        extra: { a: [1] },
        ok: true,
        n: "7.00",
        site: null,
      }),
    );
  });

  test.each([
    ["at", "seven"],
    ["device", "x".repeat(33)],
  ])("that do not fit column %s are found at the start", async (name, text) => {
    const columns = readings("update").columns.filter((column) => column.name !== name);
    const target: LoadTarget = { table: { name: "readings" }, columns, constants: [{ name, text }] };
    const { store } = loader(target);
    await expect(store.check()).rejects.toMatchObject({
      code: "constant_unfit",
      message: expect.stringMatching(new RegExp(`^the constant of column ${name} of table readings `)),
    });
  });
});
