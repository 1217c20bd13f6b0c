import { describe, expect } from "vitest";
import { allowLocale, count, refusedEvents, refuseLocale, test } from "./bench.js";

const COUNT = 64;
const good = (length: number) =>
  Array.from({ length }, (_, index) => ({ body: JSON.stringify({ user_id: `good ${index}` }) }));
const bad = (length: number) => refusedEvents(length).map((body) => ({ body }));
const log2 = Math.log2(COUNT);

describe.concurrent("rows that the database refuses again", () => {
  test.for([
    [1, 2 * log2 + 1],
    [8, 8 * 2 * log2 + 1],
    [COUNT, 2 * COUNT - 1],
  ] as const)(
    "%i of 64 stay sealed, the others are loaded, with at most %i statements",
    async ([poison, statements], { database, seal, replayHere }) => {
      await refuseLocale(database);
      const ids = await seal([...bad(poison), ...good(COUNT - poison)]);
      const report = await replayHere();
      expect(report).toMatchObject({
        read: COUNT,
        loaded: COUNT - poison,
        rejected: poison,
        sealed_after: poison,
      });
      expect(report.rejects).toEqual([
        {
          code: "sqlstate_23514",
          field: "known_locale",
          count: poison,
          example_message_id: expect.any(String),
        },
      ]);
      expect(ids.slice(0, poison)).toContain(report.rejects[0]?.example_message_id);
      expect(report.batches).toBeLessThanOrEqual(statements);
      expect(await count(database)).toEqual({
        rows: COUNT - poison,
        ledger: COUNT - poison,
        sealed: poison,
        replayed: COUNT - poison,
      });
      await allowLocale(database);
      expect(await replayHere()).toMatchObject({ read: poison, loaded: poison, batches: 1, sealed_after: 0 });
    },
  );

  test("a trigger that raises: each has its own reason", async ({ database, seal, replayHere }) => {
    await database.query(`create function refuse() returns trigger language plpgsql as
      $$begin if new.locale = 'ZZ' then raise exception 'no %', new; end if; return new; end$$`);
    await database.query(
      "create trigger refuse before insert on user_logins for each row execute function refuse()",
    );
    await seal([...bad(2), ...good(3)]);
    expect(await replayHere()).toMatchObject({ loaded: 3, rejected: 2 });
    expect(
      await database.query(
        "select stage, code, field, reason from sqs2pg.rejects where sealed_body is not null",
      ),
    ).toEqual(
      Array(2).fill({
        stage: "load",
        code: "sqlstate_P0001",
        field: null,
        reason: "a trigger refused the row",
      }),
    );
  });

  test("a trigger that drops rows without a word: they are loaded as far as anybody knows", async ({
    database,
    seal,
    replayHere,
  }) => {
    await database.query(
      "create function drop_it() returns trigger language plpgsql as 'begin return null; end'",
    );
    await database.query(
      "create trigger drop_it before insert on user_logins for each row execute function drop_it()",
    );
    await seal(good(3));
    expect(await replayHere()).toMatchObject({ loaded: 3, duplicates: 0, sealed_after: 0 });
    expect(await count(database)).toEqual({ rows: 0, ledger: 3, sealed: 0, replayed: 3 });
  });
});

test("an error that is nobody's fault ends the replay: nothing was tried, all stays sealed", async ({
  database,
  seal,
  replay,
}) => {
  await database.query(`create function break() returns trigger language plpgsql as
    $$begin raise exception '%', new using errcode = '42501'; end$$`);
  await database.query(
    "create trigger break before insert on user_logins for each row execute function break()",
  );
  await seal([...good(5), { body: "[]" }]);
  const { exitCode, report, stderr } = await replay();
  expect(exitCode).toBe(1);
  expect(report).toMatchObject({
    stopped_because: "error",
    error: { kind: "failed", code: "privilege_missing" },
    ...{ read: 6, loaded: 0, rejected: 1, not_tried: 5, in_doubt: 0, sealed_after: 6 },
  });
  expect(stderr).toMatch(/^sqs2pg: user .* lacks a privilege on user_logins .*\n$/m);
  expect(
    await database.query("select stopped_because, finished_at is null as open from sqs2pg.runs"),
  ).toEqual([{ stopped_because: "error", open: false }]);
});
