import { describe, expect } from "vitest";
import { KEY, outcomes, test } from "../../support/bench.js";
import { FOREIGN_BODY, loginEvents } from "../../support/events.js";
import { LOGIN_ROWS, type LoginRow, loginRow } from "../../support/independent.js";

const events = [...loginEvents(99, { foreign: 0, duplicates: 0 })];
/** Half an hour before midnight UTC, when it is tomorrow already at the database server's. */
const sentAtMs = Date.UTC(2026, 2, 14, 23, 30);

function inOrder(rows: readonly LoginRow[]): LoginRow[] {
  return rows.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

describe.concurrent("100 login events, one of them foreign", () => {
  test("become the 99 rows that key and bodies say, and one reject that stays on the queue", async ({
    queue,
    database,
    drain,
  }) => {
    queue.send(events.slice(0, 50), { sentAtMs });
    const [foreign] = queue.send([FOREIGN_BODY], { sentAtMs });
    queue.send(events.slice(50), { sentAtMs });

    const { exitCode, report, stderr } = await drain(["--quiet"]);

    expect(exitCode).toBe(3);
    expect(stderr).toBe("");
    expect(report).toMatchObject({
      queue: queue.name,
      table: "user_logins",
      stopped_because: "empty",
      dry_run: false,
      received: 100,
      loaded: 99,
      duplicates: 0,
      rejected: 1,
      released: 0,
      in_doubt: 0,
      deleted: 99,
      delete_failed: 0,
      retries: 0,
      warnings: {},
      rejects: [{ code: "missing", field: "user_id", count: 1, example_message_id: foreign?.messageId }],
    });
    expect(outcomes(report)).toBe(report.received);
    expect(inOrder(await database.query<LoginRow & Record<string, unknown>>(LOGIN_ROWS))).toEqual(
      inOrder(events.map((body) => loginRow(body, sentAtMs, KEY))),
    );
    expect(queue.messageIds()).toEqual([foreign?.messageId]);
    expect(
      await database.query(
        "select message_id, queue, stage, code, field, shape, sealed_body, receive_count, run_id from sqs2pg.rejects",
      ),
    ).toEqual([
      {
        message_id: foreign?.messageId,
        queue: queue.name,
        stage: "transform",
        code: "missing",
        field: "user_id",
        shape: { foo: "string(19)", bar: "string(3)" },
        sealed_body: null,
        receive_count: 1,
        run_id: report.run_id,
      },
    ]);
    expect(
      await database.query("select message_id::text, run_id from sqs2pg.ledger where run_id = $1", [
        report.run_id,
      ]),
    ).toHaveLength(99);
  });

  test("end with 0 when a reject is allowed, and with 3 when one more is there", async ({ queue, drain }) => {
    queue.send([...events.slice(0, 5), FOREIGN_BODY]);
    expect(await drain(["--max-rejects", "1"])).toMatchObject({ exitCode: 0, report: { rejected: 1 } });
  });

  test("are one row each, also when equal events come under different ids", async ({
    queue,
    database,
    drain,
  }) => {
    const [event = ""] = events;
    queue.send([event, event, event]);
    expect(await drain()).toMatchObject({ exitCode: 0, report: { loaded: 3, duplicates: 0, deleted: 3 } });
    expect(await database.query("select from user_logins")).toHaveLength(3);
  });
});

describe.concurrent("what is delivered again", () => {
  test("is not loaded a second time, and deleted as a duplicate", async ({ queue, database, drain }) => {
    const sent = queue.send(events);
    expect((await drain()).report).toMatchObject({ loaded: 99, duplicates: 0, deleted: 99 });
    queue.deliverAgain(sent);
    const [fresh = ""] = loginEvents(1, { seed: 7, foreign: 0 });
    queue.send([fresh]);

    const { exitCode, report } = await drain();

    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ received: 100, loaded: 1, duplicates: 99, deleted: 100 });
    expect(outcomes(report)).toBe(100);
    expect(queue.messageIds()).toEqual([]);
    expect(await database.query("select from user_logins")).toHaveLength(100);
  });

  test("twice in one run is one row", async ({ queue, database, drain }) => {
    const sent = queue.send(events);
    queue.deliverAgain(sent);
    const { report } = await drain();
    expect(report).toMatchObject({ received: 198, loaded: 99, duplicates: 99, delete_failed: 0 });
    expect(outcomes(report)).toBe(198);
    expect(await database.query("select from user_logins")).toHaveLength(99);
  });
});
