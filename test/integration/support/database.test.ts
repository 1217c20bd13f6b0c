import pg from "pg";
import { expect, it } from "vitest";
import { useDatabase } from "../../support/database.js";

const database = useDatabase({
  prepare: async (url) => {
    const client = new pg.Client(url);
    await client.connect();
    await client.query("create table prepared (id integer)");
    await client.end();
  },
});

it("is a real PostgreSQL 18, prepared as asked, with a time zone that is not UTC", async () => {
  const [row] = await database.query(
    "select current_setting('server_version_num')::int as version, now()::text",
  );
  expect(Math.floor(Number(row?.["version"]) / 10_000)).toBe(18);
  expect(await database.query("select from prepared")).toEqual([]);
  expect(await database.query("show timezone")).toEqual([{ TimeZone: "Pacific/Auckland" }]);
});

it("refuses a wrong password", async () => {
  const client = new pg.Client({ ...database.server, database: database.name, password: "wrong" });
  await expect(client.connect()).rejects.toMatchObject({ code: "28P01" });
});
