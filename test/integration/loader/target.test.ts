import { expect, test } from "vitest";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import { useDatabase } from "../../support/database.js";
import { batchOf, loginStore } from "./login-store.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} }, schema: "Book keeping".replace(" ", "-") });
  },
});

test("any table and every type: mixed case, reserved words, a column called message_id", async () => {
  await database.query(`create schema "Raw"`);
  await database.query(`create table "Raw"."order" (
    message_id text, "User" varchar(5), c1 text, "select" smallint, big bigint, ok boolean, day date, at timestamptz
  )`);
  const store = loginStore(database, {
    schema: "Book-keeping",
    targets: [
      {
        table: { schema: "Raw", name: "order" },
        columns: [
          { name: "at", type: { name: "timestamptz" } },
          { name: "day", type: { name: "date" } },
          { name: "ok", type: { name: "boolean" } },
          { name: "big", type: { name: "bigint" } },
          { name: "select", type: { name: "smallint" } },
          { name: "c1", type: { name: "text" } },
          { name: "User", type: { name: "varchar", length: 5 } },
          { name: "message_id", type: { name: "text" } },
        ],
      },
    ],
  });
  try {
    await store.check();
    const text = `{"a",\\ 'b' NULL ?? ::$1 😀 \n`;
    const day = "2024-02-29";
    await store.load(
      batchOf(
        ["2024-02-29T23:59:59.999Z", day, true, "9223372036854775807", -32_768, text, "äöü😀x", "m"],
        [null, null, false, 0, 0, "NULL", "", null],
      ),
      { isRetry: false },
    );
    const rows = await database.query(
      `select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') as at, day::text, ok, big, "select", c1, "User", message_id
       from "Raw"."order" order by "select"`,
    );
    expect(rows).toEqual([
      {
        at: "2024-02-29T23:59:59.999",
        day,
        ok: true,
        big: "9223372036854775807",
        select: -32_768,
        c1: text,
        User: "äöü😀x",
        message_id: "m",
      },
      { at: null, day: null, ok: false, big: "0", select: 0, c1: "NULL", User: "", message_id: null },
    ]);
  } finally {
    await store.close();
  }
});
