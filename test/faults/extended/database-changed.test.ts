import { expect } from "vitest";
import { outcomes, reportOf, test } from "../../support/bench.js";
import { withClerk } from "../../support/clerk.js";
import type { RunningCli } from "../../support/cli.js";
import { changeInTheMiddle } from "../../support/in-the-middle.js";
import { settled, traceableEvents } from "../../support/settled.js";

test.for([
  [
    "the table goes",
    "alter table user_logins rename to gone",
    "alter table gone rename to user_logins",
    /there is no table user_logins in /,
  ],
  [
    "a column goes",
    "alter table user_logins rename column locale to language",
    undefined,
    /table user_logins in .* lacks column locale/,
  ],
  [
    "a column is altered",
    "alter table user_logins alter column app_version type date using null",
    undefined,
    /column app_version of table user_logins in .* is of type date/,
  ],
  [
    "the ledger goes",
    "alter table sqs2pg.ledger rename to gone",
    "alter table sqs2pg.gone rename to ledger",
    /a table of schema sqs2pg is missing in .*/,
  ],
] as const)(
  "%s in the middle of a run: stops with 1, says so, and gives the rest back",
  async ([, change, back, says], { queue, database, startDrain }) => {
    const sent = queue.send(traceableEvents(3_000));
    const running = await changeInTheMiddle(database, () => startDrain(["--batch-size", "50"]), change);
    const result = await running.result;
    if (back !== undefined) await database.query(back);
    const report = reportOf(result);
    expect(result.exitCode).toBe(1);
    expect(report.error?.message).toMatch(says);
    expect(report).toMatchObject({ stopped_because: "error", in_doubt: 0, rejected: 0 });
    expect(outcomes(report)).toBe(report.received);
    const { loaded } = report;
    expect(loaded).toBeGreaterThan(0);
    expect(queue.counts()).toEqual({ visible: 3_000 - loaded, in_flight: 0, delayed: 0 });
    expect(await settled({ sent, queue, database })).toEqual({
      rows: loaded,
      rejects: 0,
      queued: 3_000 - loaded,
    });
  },
);

test.for([
  ["insert on user_logins", /lacks INSERT on user_logins in /],
  ["insert on sqs2pg.ledger", /lacks INSERT on sqs2pg.ledger in /],
] as const)(
  "the privilege %s is revoked in the middle of a run: stops with 1, says which, and gives the rest back",
  async ([privilege, says], { queue, database, startDrain }) => {
    const sent = queue.send(traceableEvents(3_000));
    await withClerk(database, async ({ role, url }) => {
      const start = (): RunningCli => startDrain(["--batch-size", "50"], { env: { DATABASE_URL: url } });
      const running = await changeInTheMiddle(database, start, `revoke ${privilege} from ${role}`);
      const result = await running.result;
      const report = reportOf(result);
      expect(result.exitCode).toBe(1);
      expect(report.error?.message).toMatch(says);
      expect(report).toMatchObject({ stopped_because: "error", in_doubt: 0, rejected: 0 });
      const { loaded } = report;
      expect(loaded).toBeGreaterThan(0);
      expect(queue.counts()).toEqual({ visible: 3_000 - loaded, in_flight: 0, delayed: 0 });
      expect(await settled({ sent, queue, database })).toEqual({
        rows: loaded,
        rejects: 0,
        queued: 3_000 - loaded,
      });
    });
  },
);
