import { describe, expect } from "vitest";
import { KEY } from "../../support/bench.js";
import { LOGIN_ROWS, loginRow } from "../../support/independent.js";
import { allowLocale, count, refusedEvents, refuseLocale, test } from "./bench.js";

const EVENT = JSON.stringify({
  user_id: "ann",
  app_version: "2.3.0",
  device_type: "android",
  ip: "199.172.111.135",
  locale: "ZZ",
  device_id: "593-47-5928",
});

const REJECT = `select message_id, stage, code, field, reason, sealed_body is not null as sealed, run_id,
  replayed_at is not null as replayed from sqs2pg.rejects`;

describe.concurrent("replay", () => {
  test("loads what a constraint refused once it is mended: masked, once, and sealed no more", async ({
    queue,
    database,
    drain,
    quarantine,
    replay,
  }) => {
    await refuseLocale(database);
    const sent = await quarantine([EVENT]);
    expect(await count(database)).toEqual({ rows: 0, ledger: 0, sealed: 1, replayed: 0 });
    await allowLocale(database);

    const { exitCode, report, stderr } = await replay(["--quiet"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(report).toMatchObject({
      stopped_because: "done",
      read: 1,
      loaded: 1,
      sealed_after: 0,
      rejects: [],
    });
    const [message] = sent;
    const { sent_at } = (await database.query("select sent_at from sqs2pg.rejects"))[0] ?? {};
    expect(await database.query(LOGIN_ROWS)).toEqual([loginRow(EVENT, sent_at, KEY)]);
    expect(await database.query(REJECT)).toMatchObject([
      { message_id: message?.messageId, sealed: false, replayed: true, run_id: report.run_id },
    ]);
    expect(await database.query("select message_id, run_id from sqs2pg.ledger")).toEqual([
      { message_id: message?.messageId, run_id: report.run_id },
    ]);

    expect((await replay()).report).toMatchObject({ stopped_because: "done", read: 0, batches: 0 });
    queue.deliverAgain(sent);
    expect((await drain()).report).toMatchObject({ received: 1, loaded: 0, duplicates: 1, deleted: 1 });
    expect(await count(database)).toEqual({ rows: 1, ledger: 1, sealed: 0, replayed: 1 });
  });

  test("loads what fits into the pipeline as it is now", async ({
    queue,
    database,
    quarantine,
    replay,
    pipelineFile,
  }) => {
    await quarantine(['{"name":"ann","ip":"1.2.3.4"}', '{"name":"bob"}', "[]"]);
    const config = await pipelineFile(`queue: ${queue.name}
table: user_logins
columns:
  user_id: { from: name, type: varchar(128), required: true }
  masked_ip: { from: ip, type: varchar(256), mask: hmac-sha256 }
`);
    const { exitCode, report } = await replay(["--config", config]);
    expect(exitCode).toBe(3);
    expect(report).toMatchObject({ read: 3, loaded: 2, rejected: 1, sealed_after: 1 });
    expect(report.rejects).toMatchObject([{ code: "no_records", field: null, count: 1 }]);
    expect(
      await database.query("select user_id, masked_ip is null as nowhere from user_logins order by 1"),
    ).toEqual([
      { user_id: "ann", nowhere: false },
      { user_id: "bob", nowhere: true },
    ]);
  });

  test("what does not fit stays sealed, and says why it did not this time", async ({
    queue,
    database,
    quarantine,
    replay,
    pipelineFile,
  }) => {
    await quarantine(['{"user_id":null}', `{"user_id":"${"x".repeat(200)}"}`]);
    const before = await database.query(
      "select message_id, sealed_body, shape, first_seen from sqs2pg.rejects",
    );
    await database.query(
      "alter table user_logins add constraint long check (length(user_id) > 1000) not valid",
    );
    const config = await pipelineFile(`queue: ${queue.name}
table: user_logins
columns:
  user_id: { from: user_id, type: text, required: true }
`);
    await database.query("alter table user_logins alter user_id type text");
    const { exitCode, report } = await replay(["--config", config]);
    expect(exitCode).toBe(3);
    expect(report).toMatchObject({ read: 2, loaded: 0, rejected: 2, sealed_after: 2 });
    const run_id = report.run_id;
    expect(await database.query(`${REJECT} order by code`)).toMatchObject([
      { stage: "transform", code: "missing", field: "user_id", sealed: true, replayed: false, run_id },
      {
        stage: "load",
        code: "sqlstate_23514",
        field: "long",
        reason: "a check constraint does not allow the row",
        sealed: true,
        replayed: false,
        run_id,
      },
    ]);
    expect(
      await database.query("select message_id, sealed_body, shape, first_seen from sqs2pg.rejects"),
    ).toEqual(expect.arrayContaining(before));
    expect(await replay(["--config", config, "--max-rejects", "2"])).toMatchObject({ exitCode: 0 });
  });

  test("what a later delivery has loaded is a duplicate, also when that was long ago", async ({
    queue,
    database,
    drain,
    quarantine,
    replay,
  }) => {
    await refuseLocale(database);
    const sent = await quarantine(refusedEvents(2));
    await allowLocale(database);
    queue.deliverAgain(sent.slice(0, 1));
    expect((await drain()).report).toMatchObject({ loaded: 1, duplicates: 0 });
    await database.query("update sqs2pg.ledger set loaded_at = now() - interval '400 days'");
    // It prunes: the sealed reject keeps the old entry.
    await drain();
    expect(await count(database)).toEqual({ rows: 1, ledger: 1, sealed: 2, replayed: 0 });

    expect((await replay()).report).toMatchObject({ read: 2, loaded: 1, duplicates: 1, sealed_after: 0 });
    expect(await count(database)).toEqual({ rows: 2, ledger: 2, sealed: 0, replayed: 1 });
    // Nothing can ask for the old one any more.
    await drain();
    expect(await count(database)).toMatchObject({ rows: 2, ledger: 1 });
  });

  test("one that comes again before the replay is one reject, and one row after it", async ({
    queue,
    database,
    quarantine,
    drain,
    replay,
  }) => {
    await refuseLocale(database);
    const sent = await quarantine(refusedEvents(3));
    queue.deliverAgain(sent);
    expect((await drain(["--on-reject", "quarantine"])).report).toMatchObject({ rejected: 3, deleted: 3 });
    queue.deliverAgain(sent.slice(0, 1));
    expect((await drain([])).report).toMatchObject({ rejected: 1, deleted: 0 });
    expect(await count(database)).toMatchObject({ sealed: 3 });
    await allowLocale(database);
    expect((await replay()).report).toMatchObject({ read: 3, loaded: 3 });
    expect(await count(database)).toEqual({ rows: 3, ledger: 3, sealed: 0, replayed: 3 });
  });

  test("is in the table of runs, with its counts", async ({ queue, database, quarantine, replay }) => {
    await quarantine(["{}"]);
    const { report } = await replay();
    const runs = await database.query("select * from sqs2pg.runs where command = 'replay'");
    expect(runs).toMatchObject([
      {
        id: report.run_id,
        queue: queue.name,
        target: "user_logins",
        stopped_because: "done",
        counters: { read: 1, loaded: 0, rejected: 1, not_tried: 0, in_doubt: 0, sealed_after: 1 },
        key_id: expect.stringMatching(/^[0-9a-f]{8}$/),
      },
    ]);
    expect(runs[0]?.["finished_at"]).toBeInstanceOf(Date);
  });

  test("counts warnings of what it loads", async ({ database, quarantine, replay }) => {
    await refuseLocale(database);
    await quarantine([JSON.stringify({ user_id: "ann", locale: "ZZ", app_version: "1.2.3.4" })]);
    await allowLocale(database);
    expect((await replay(["--dry-run"])).report.warnings).toEqual({ app_version: { not_convertible: 1 } });
    expect((await replay()).report.warnings).toEqual({ app_version: { not_convertible: 1 } });
  });
});
