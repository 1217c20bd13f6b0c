import { expect } from "vitest";
import { outcomes, test } from "../support/bench.js";
import { loginEvents } from "../support/events.js";

const COUNT = 3_000;

test("a drain that is killed at any moment loses nothing, and the next one loads nothing twice", async ({
  queue,
  database,
  drain,
  startDrain,
}) => {
  const sent = queue.send([...loginEvents(COUNT, { foreign: 0, duplicates: 0 })]);
  const rows = async (): Promise<number> => {
    const [counted] = await database.query<{ count: number }>("select count(*)::integer from user_logins");
    return counted?.count ?? 0;
  };

  // Each time a little later: while receiving, after commits, between commit and delete.
  for (const enough of [1, 400, 1_200]) {
    const running = startDrain(["--batch-size", "100", "--visibility", "3"]);
    await running.until(`${enough} rows`, async () => (await rows()) >= enough);
    running.signal("SIGKILL");
    expect((await running.result).signal).toBe("SIGKILL");
  }

  // What a killed drain had in hand comes back when its leases have ended.
  for (let total = 0; total < COUNT; total = await rows()) {
    const { report } = await drain(["--visibility", "3", "--max-duration", "20s"]);
    expect(outcomes(report)).toBe(report.received);
  }
  expect(await rows()).toBe(COUNT);
  const [ledger] = await database.query(
    "select count(distinct message_id)::integer as ids from sqs2pg.ledger",
  );
  expect(ledger).toEqual({ ids: sent.length });
});
