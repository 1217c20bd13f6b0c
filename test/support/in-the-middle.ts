import { addGate, somebodyWaits, whileLocked } from "./bench.js";
import type { RunningCli } from "./cli.js";
import type { TestDatabase } from "./database.js";
import { rowCount } from "./database-bench.js";

/** So many rows go in before the others wait: more than the loads that are under way at once have at these tests' batch sizes. */
const ROWS_BEFORE = 200;

/**
 * Starts a command that loads, and does something to it in the middle of its loads for sure, however quick it is: rows
 * are there, and a load waits until it is done.
 */
export async function inTheMiddle(
  database: TestDatabase,
  start: () => RunningCli,
  fault: (running: RunningCli) => unknown,
): Promise<RunningCli> {
  await addGate(database, ROWS_BEFORE);
  let running: RunningCli | undefined;
  await whileLocked(database, "lock table gate", async () => {
    running = start();
    await running.until("a load waits", () => somebodyWaits(database));
    await running.until("rows are there", async () => (await rowCount(database)) > 0);
    await fault(running);
  });
  if (running === undefined) throw new Error("it was not started");
  return running;
}

/**
 * The same with a statement that changes the database: it comes after the loads that are under way, if it needs a lock
 * that they have, and before all others.
 */
export async function changeInTheMiddle(
  database: TestDatabase,
  start: () => RunningCli,
  statement: string,
): Promise<RunningCli> {
  let changed: Promise<unknown> = Promise.resolve();
  const running = await inTheMiddle(database, start, async ({ until }) => {
    let isDone = false;
    changed = database.query(statement).then(() => {
      isDone = true;
    });
    const waiting = "select from pg_stat_activity where query = $1 and wait_event_type = 'Lock'";
    await until(
      "it waits, or need not",
      async () => isDone || (await database.query(waiting, [statement])).length > 0,
    );
  });
  await changed;
  return running;
}
