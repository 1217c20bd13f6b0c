import { afterEach, beforeEach, expect, test } from "vitest";
import { connect } from "../../../src/loader/connection.js";
import { migrate, rollback } from "../../../src/loader/migrations/migrate.js";
import { importMigration } from "../../../src/loader/migrations/source.js";
import { dropDatabase, openDatabase, type TestDatabase } from "../../support/database.js";

const NAME = "20260101000003_replay.js";
let database: TestDatabase;
beforeEach(async () => {
  database = await openDatabase();
});
afterEach(() => dropDatabase(database));

const settings = () => ({ database: { url: database.url, env: {} } });

async function step(direction: "up" | "down"): Promise<void> {
  const connection = connect(settings().database, { poolSize: 1 });
  await (await importMigration(NAME))[direction](connection.knex, { schema: "sqs2pg" });
  await connection.close();
}

/** The database as the first two migrations left it, with what a drain of then wrote. */
async function olderDatabase(): Promise<void> {
  await migrate(settings());
  await step("down");
  await database.query("delete from sqs2pg.migrations where name like '%replay%'");
  await database.query(`insert into sqs2pg.rejects (message_id, queue, stage, code, reason, sealed_body, receive_count, run_id)
    select gen_random_uuid(), 'q', 'parse', 'c', 'r', case when i > 1 then '\\x00'::bytea end, 1, gen_random_uuid()
    from generate_series(1, 3) i`);
  await database.query(`insert into sqs2pg.runs (id, queue, target, started_at, version)
    values (gen_random_uuid(), 'q', 'user_logins', now(), '0.1.0')`);
  await database.query("insert into sqs2pg.ledger values (gen_random_uuid(), gen_random_uuid(), now())");
}

test("a database with data of the version before is brought up to date, and nothing of it is lost", async () => {
  await olderDatabase();
  const before = await database.query("select message_id, sealed_body from sqs2pg.rejects order by 1");
  expect(await migrate(settings())).toMatchObject({ applied: [NAME] });
  expect(await database.query("select message_id, sealed_body from sqs2pg.rejects order by 1")).toEqual(
    before,
  );
  expect(await database.query("select distinct replayed_at from sqs2pg.rejects")).toEqual([
    { replayed_at: null },
  ]);
  expect(await database.query("select command from sqs2pg.runs")).toEqual([{ command: "drain" }]);
  expect(await database.query("select from sqs2pg.ledger")).toHaveLength(1);
});

test("it alone is taken back while sealed bodies are there: they stay; the others then refuse", async () => {
  await olderDatabase();
  await migrate(settings());
  const before = await database.query("select message_id, sealed_body from sqs2pg.rejects order by 1");
  expect(await rollback(settings())).toEqual([NAME]);
  expect(await database.query("select message_id, sealed_body from sqs2pg.rejects order by 1")).toEqual(
    before,
  );
  await expect(rollback(settings())).rejects.toMatchObject({ code: "sealed_bodies_left" });
  expect(await migrate(settings())).toMatchObject({ applied: [NAME] });
});

test("applied with the others in one go, all are taken back or none", async () => {
  await migrate(settings());
  await database.query(`insert into sqs2pg.rejects (message_id, queue, stage, code, reason, sealed_body, receive_count, run_id)
    values (gen_random_uuid(), 'q', 'parse', 'c', 'r', '\\x00', 1, gen_random_uuid())`);
  await expect(rollback(settings())).rejects.toMatchObject({ code: "sealed_bodies_left" });
  expect(await database.query("select replayed_at from sqs2pg.rejects")).toHaveLength(1);
});

test("down and up again", async () => {
  await migrate(settings());
  await step("down");
  await step("up");
  expect(await database.query("select replayed_at from sqs2pg.rejects")).toEqual([]);
});
