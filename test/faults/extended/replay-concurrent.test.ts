import { describe, expect } from "vitest";
import { allowLocale, count, refusedEvents, refuseLocale, test } from "../../integration/rejects/bench.js";
import { outcomes } from "../../support/bench.js";
import type { TestDatabase } from "../../support/database.js";

async function users(database: TestDatabase): Promise<number> {
  return (await database.query("select distinct user_id from user_logins")).length;
}

describe.concurrent("many at once", () => {
  test("eight replays of one quarantine load each reject once", async ({ database, seal, replay }) => {
    const total = 400;
    await seal(refusedEvents(total).map((body) => ({ body })));
    const replays = await Promise.all(Array.from({ length: 8 }, () => replay(["--batch-size", "20"])));
    expect(replays.map(({ exitCode }) => exitCode)).toEqual(Array(8).fill(0));
    const sum = (name: "loaded" | "rejected" | "in_doubt" | "not_tried"): number =>
      replays.reduce((all, { report }) => all + report[name], 0);
    expect(sum("loaded")).toBe(total);
    expect([sum("rejected"), sum("not_tried"), sum("in_doubt")]).toEqual([0, 0, 0]);
    expect(await count(database)).toEqual({ rows: total, ledger: total, sealed: 0, replayed: total });
    expect(await users(database)).toBe(total);
  });

  test("eight that can load nothing say so of all, and leave all sealed", async ({
    database,
    seal,
    replay,
  }) => {
    await seal(Array.from({ length: 100 }, () => ({ body: "[]" })));
    const replays = await Promise.all(Array.from({ length: 8 }, () => replay(["--batch-size", "100"])));
    for (const { exitCode, report } of replays) {
      expect(exitCode).toBe(3);
      expect(report).toMatchObject({ read: 100, rejected: 100, sealed_after: 100, retries: 0 });
    }
    expect(await count(database)).toMatchObject({ rows: 0, sealed: 100 });
  });

  test("replays beside drains that load and quarantine the same messages again", async ({
    queue,
    database,
    quarantine,
    drain,
    replay,
  }) => {
    const total = 300;
    await refuseLocale(database);
    const sent = await quarantine(refusedEvents(total));
    const hopeless = await quarantine(Array.from({ length: 50 }, () => "[]"));
    await allowLocale(database);
    queue.deliverAgain([...sent, ...hopeless]);
    const quarantining = ["--on-reject", "quarantine", "--batch-size", "15"];
    const [drains, replays] = await Promise.all([
      Promise.all([drain(quarantining), drain(quarantining)]),
      Promise.all([replay(["--batch-size", "15"]), replay(["--batch-size", "15"])]),
    ]);
    for (const { report } of drains) {
      expect(outcomes(report)).toBe(report.received);
      expect(report).toMatchObject({ released: 0, in_doubt: 0, stopped_because: "empty" });
    }
    const loaded = [...drains, ...replays].reduce((all, { report }) => all + report.loaded, 0);
    expect(loaded).toBe(total);
    expect(queue.messageIds()).toEqual([]);
    const { report } = await replay();
    expect(report).toMatchObject({ loaded: 0, rejected: 50, sealed_after: 50 });
    expect(await count(database)).toMatchObject({ rows: total, ledger: total, sealed: 50 });
    expect(await users(database)).toBe(total);
  });
});
