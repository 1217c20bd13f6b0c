import { describe, expect } from "vitest";
import { outcomes, reportOf, test } from "../../support/bench.js";
import { runCli } from "../../support/cli.js";
import { FOREIGN_BODY, loginEvents } from "../../support/events.js";

const events = [...loginEvents(120, { foreign: 0, duplicates: 0 })];

describe.concurrent("drain --dry-run", () => {
  test("transforms and reports, loads and deletes nothing, gives all back, needs no database", async ({
    queue,
    queueEnv,
  }) => {
    const sent = queue.send([...events, FOREIGN_BODY, "no JSON", '{"user_id":"ann","app_version":"x"}']);
    const result = await runCli(["drain", "--dry-run", "--json", "--quiet"], { env: queueEnv });
    const report = reportOf(result);
    expect(result).toMatchObject({ exitCode: 3, stderr: "" });
    expect(report).toMatchObject({
      dry_run: true,
      received: 123,
      loaded: 0,
      duplicates: 0,
      rejected: 2,
      released: 121,
      in_doubt: 0,
      deleted: 0,
      warnings: { app_version: { not_convertible: 1 } },
      rejects: expect.arrayContaining([
        expect.objectContaining({ code: "missing", field: "user_id", count: 1 }),
        expect.objectContaining({ code: "not_json", field: null, count: 1 }),
      ]),
    });
    expect(outcomes(report)).toBe(report.received);
    expect(queue.counts()).toEqual({ visible: 123, in_flight: 0, delayed: 0 });
    expect(queue.messageIds().toSorted()).toEqual(sent.map(({ messageId }) => messageId).toSorted());
  });

  test("leaves the database alone where there is one", async ({ queue, database, drain }) => {
    queue.send([...events, FOREIGN_BODY]);
    const { exitCode, report } = await drain(["--dry-run", "--max-rejects", "1"]);
    expect({ exitCode, released: report.released }).toEqual({ exitCode: 0, released: 120 });
    for (const table of ["user_logins", "sqs2pg.ledger", "sqs2pg.rejects", "sqs2pg.runs"]) {
      expect(await database.query(`select from ${table}`)).toEqual([]);
    }
  });

  test("takes no more than --max", async ({ queue, drain }) => {
    queue.send(events);
    expect((await drain(["--dry-run", "--max", "15"])).report).toMatchObject({
      stopped_because: "max",
      received: 15,
      released: 15,
    });
    expect(queue.counts()).toEqual({ visible: 120, in_flight: 0, delayed: 0 });
  });
});
