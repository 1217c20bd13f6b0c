import { expect } from "vitest";
import { addGate, reportOf, somebodyWaits, whileLocked } from "../support/bench.js";
import { test } from "../support/sqs-faults/bench.js";
import { countRenewals } from "../support/sqs-faults/renewals.js";

/** More than one heartbeat holds (10), and more than as many of them as are under way at once (8) hold. */
const COUNT = 185;
/** A renewal has half of it before it is late: enough for a machine that is busy with other things. */
const VISIBILITY_SECONDS = 8;
/** A renewal comes at half of the visibility timeout: so many of them are two timeouts. */
const RENEWALS = 4;

test("a heartbeat keeps the messages of a load that takes as long as two visibility timeouts", async ({
  faults,
  startFaulty,
  queue,
  database,
  send,
  settled,
}) => {
  const sent = send(COUNT);
  await addGate(database);
  const renewals = countRenewals();
  faults.on("ChangeMessageVisibilityBatch", renewals.rule);
  let drained: ReturnType<typeof startFaulty> | undefined;
  await whileLocked(database, "lock table gate", async () => {
    drained = startFaulty(["--visibility", String(VISIBILITY_SECONDS), "--max", String(COUNT)]);
    await drained.until("the load waits", () => somebodyWaits(database));
    await drained.until("two visibility timeouts are over", () => renewals.areDone(COUNT, RENEWALS));
    expect(queue.counts()).toEqual({ visible: 0, in_flight: COUNT, delayed: 0 });
    expect(queue.receiveCounts().every((count) => count === 1)).toBe(true);
  });
  if (drained === undefined) throw new Error("the drain was not started");
  const result = await drained.result;
  const report = reportOf(result);
  expect(result.exitCode).toBe(0);
  expect(report).toMatchObject({
    ...{ received: COUNT, loaded: COUNT, duplicates: 0, deleted: COUNT, delete_failed: 0 },
  });
  expect(await settled(sent)).toBeUndefined();
});
