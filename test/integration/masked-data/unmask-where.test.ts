import { describe, expect } from "vitest";
import { resolveSettings } from "../../../src/config/resolve.js";
import type { UnmaskReport } from "../../../src/masked-data/unmask-report.js";
import { unmaskRows } from "../../../src/masked-data/unmask-rows.js";
import { test } from "../../support/bench.js";
import type { TestDatabase } from "../../support/database.js";

const KEY = "sqs2pg-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/** The message of the error, wherever it is; undefined where there is none. */
async function errorFor(database: TestDatabase, where: string, limit?: number): Promise<string | undefined> {
  const settings = await resolveSettings({
    flags: { mask: "aes-siv" },
    env: { SQS2PG_MASK_KEY: KEY, DATABASE_URL: database.url },
    needs: { database: true, key: "if-given" },
  });
  try {
    const report: UnmaskReport = await unmaskRows(settings, {
      where,
      limit,
      onPage: async () => true,
      env: {},
    });
    return report.error?.message;
  } catch (error) {
    return error instanceof Error ? error.message : "?";
  }
}

describe("a condition", () => {
  const REFUSED = [
    ["locale =", "is not valid SQL at its end (SQLSTATE 42601)"],
    ["true) or (", "is not valid SQL at its end (SQLSTATE 42601)"],
    ["true); delete from user_logins; select (true", "is not valid SQL (SQLSTATE 42601)"],
    ["nope = 1", "names a column that there is not at character 1 (SQLSTATE 42703)"],
    ["locale in (select id from nope)", "names a table that there is not at character 27 (SQLSTATE 42P01)"],
    ["nope(locale)", "uses a function or operator that there is not at character 1 (SQLSTATE 42883)"],
    ["locale", "is no condition, or compares different types at character 1 (SQLSTATE 42804)"],
    ["app_version / 0 = 1", "meets a value that it cannot be evaluated for (SQLSTATE 22012)"],
    ["locale::integer = 7", "meets a value that it cannot be evaluated for (SQLSTATE 22P02)"],
    ["locale = (select locale from user_logins)", "compares with more than one row (SQLSTATE 21000)"],
    ["count(*) > 1", "is not valid here at character 1 (SQLSTATE 42803)"],
    ["shout()", "raised an error in a function (SQLSTATE P0001)"],
    ["nextval('counter') > 0", "writes, and may only read (SQLSTATE 25006)"],
    ["wipe()", "writes, and may only read (SQLSTATE 25006)"],
  ] as const;

  test("that PostgreSQL does not take, or that writes, is refused without PostgreSQL's words", async ({
    database,
  }) => {
    await database.query("create sequence counter");
    await database.query(
      "create function wipe() returns boolean language sql volatile as 'delete from user_logins returning true'",
    );
    await database.query(
      `create function shout() returns boolean language plpgsql as $$begin raise 'canary'; end$$`,
    );
    await database.query(
      "insert into user_logins (user_id, locale, app_version) values ('a', 'canary', 7), ('b', 'b', 8)",
    );
    for (const [where, problem] of REFUSED) {
      expect(await errorFor(database, where)).toBe(`the condition of --where ${problem}`);
    }
    expect(await database.query("select from user_logins")).toHaveLength(2);
    const [log] = await database.query<{ count: number }>(
      "select count(*)::integer as count from sqs2pg.unmask_log where finished_at is null",
    );
    expect(log?.count).toBe(0);
  });

  test("that is fine is no error, whatever is at its end", async ({ database }) => {
    for (const where of ["true", "true -- all", "/* all */ true /* of them */", "1 = 1\n", "false or true"]) {
      expect(await errorFor(database, where, 5)).toBeUndefined();
    }
  });
});
