import { expect } from "vitest";
import { outcomes, reportOf, test } from "../support/bench.js";
import { rowCount } from "../support/database-bench.js";
import { drainRest } from "../support/drain-rest.js";
import { settled, traceableEvents } from "../support/settled.js";

test("eight drains on one queue, with messages delivered more than once: each is loaded once, without a deadlock", async ({
  queue,
  database,
  drain,
  startDrain,
}) => {
  const sent = queue.send(traceableEvents(4_000));
  const args = ["--visibility", "2", "--batch-size", "200", "--concurrency", "4"];
  const running = Array.from({ length: 8 }, () => startDrain(args));
  const [first] = running;
  if (first === undefined) throw new Error("no drain");
  await first.until("rows are there", async () => (await rowCount(database)) > 0);
  // Some are still on the queue, some in hand and some loaded: all of them go to two drains.
  queue.deliverAgain(sent.filter((_, index) => index % 3 === 0));

  const results = await Promise.all(running.map(({ result }) => result));
  const reports = results.map(reportOf);
  for (const [index, report] of reports.entries()) {
    expect(results[index]).toMatchObject({ exitCode: 0, signal: undefined });
    expect(report).toMatchObject({ stopped_because: "empty", in_doubt: 0, rejected: 0 });
    expect(outcomes(report)).toBe(report.received);
  }
  const rest = await drainRest({ queue, drain });
  const sum = (field: "loaded" | "duplicates"): number =>
    [...reports, ...rest].reduce((total, report) => total + report[field], 0);
  expect(sum("loaded")).toBe(4_000);
  expect(sum("duplicates")).toBeGreaterThan(0);
  expect(
    await database.query(
      "select deadlocks::integer from pg_stat_database where datname = current_database()",
    ),
  ).toEqual([{ deadlocks: 0 }]);
  expect(await settled({ sent, queue, database })).toEqual({ rows: 4_000, rejects: 0, queued: 0 });
});
