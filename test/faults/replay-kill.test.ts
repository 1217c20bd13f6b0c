import { expect } from "vitest";
import { count, test } from "../integration/rejects/bench.js";
import { addGate, givePasses, somebodyWaits, whileLocked } from "../support/bench.js";
import type { TestDatabase } from "../support/database.js";
import { loginEvents } from "../support/events.js";
import { until } from "../support/until.js";

const COUNT = 400;

/** A statement whose client was killed goes on until the server notices. */
function untilAlone(database: TestDatabase): Promise<void> {
  return until("nobody else is connected", async () => {
    const others = await database.query(
      "select from pg_stat_activity where datname = current_database() and application_name = 'sqs2pg'",
    );
    return others.length === 0;
  });
}

test("a replay that is killed at any moment loses nothing, and the next one loads nothing twice", async ({
  database,
  seal,
  startReplay,
  replay,
}) => {
  await seal([...loginEvents(COUNT, { foreign: 0, duplicates: 0 })].map((body) => ({ body })));
  await addGate(database);
  const consistent = async (): Promise<number> => {
    const { rows, ledger, sealed, replayed } = await count(database);
    expect({ rows, ledger, sealed }).toEqual({ rows: replayed, ledger: replayed, sealed: COUNT - replayed });
    return rows;
  };

  // In the middle of its first statement, each time again.
  for (let time = 0; time < 3; time += 1) {
    await whileLocked(database, "lock table gate", async () => {
      const running = startReplay(["--batch-size", "10"]);
      await running.until("the load waits", () => somebodyWaits(database));
      running.signal("SIGKILL");
      expect((await running.result).signal).toBe("SIGKILL");
    });
    await untilAlone(database);
    expect(await consistent()).toBeLessThanOrEqual(10 * (time + 1));
  }

  // Between its statements, wherever it is; the gate only keeps it from being done before.
  for (const enough of [10, 40, 70]) {
    const before = await consistent();
    await givePasses(database, 100);
    await whileLocked(database, "lock table gate", async () => {
      const running = startReplay(["--batch-size", "10"]);
      await running.until(`${enough} more`, async () => (await count(database)).rows >= before + enough);
      running.signal("SIGKILL");
      expect((await running.result).signal).toBe("SIGKILL");
    });
    await untilAlone(database);
    expect(await consistent()).toBeLessThan(COUNT);
  }

  const { exitCode, report } = await replay();
  expect(exitCode).toBe(0);
  expect(report).toMatchObject({ stopped_because: "done", duplicates: 0, rejected: 0, sealed_after: 0 });
  expect(await consistent()).toBe(COUNT);
  const runs = await database.query(
    "select finished_at is null as cut_off from sqs2pg.runs order by started_at",
  );
  expect(runs.at(-1)).toEqual({ cut_off: false });
});
