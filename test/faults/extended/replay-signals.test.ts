import { describe, expect } from "vitest";
import { count, replayed, test } from "../../integration/rejects/bench.js";
import { addGate, somebodyWaits, whileLocked } from "../../support/bench.js";
import type { RunningCli } from "../../support/cli.js";

const events = Array.from({ length: 30 }, (_, index) => ({ body: `{"user_id":"user ${index}"}` }));

describe.concurrent("a signal to a replay", () => {
  test.for([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "%s finishes the page in hand, reports, and ends with %i",
    async ([signal, code], { database, seal, startReplay }) => {
      await seal(events);
      await addGate(database);
      let running: RunningCli | undefined;
      await whileLocked(database, "lock table gate", async () => {
        running = startReplay(["--batch-size", "10"]);
        await running.until("the load waits", () => somebodyWaits(database));
        running.signal(signal);
        // Said on standard error as soon as the signal is there.
        await running.untilStderr(/finishing what is in hand/);
      });
      const { exitCode, report } = replayed(await started(running).result);
      expect(exitCode).toBe(code);
      expect(report).toMatchObject({
        stopped_because: "signal",
        read: 10,
        loaded: 10,
        in_doubt: 0,
        sealed_after: 20,
      });
      expect(await count(database)).toEqual({ rows: 10, ledger: 10, sealed: 20, replayed: 10 });
      expect(await database.query("select stopped_because from sqs2pg.runs")).toEqual([
        { stopped_because: "signal" },
      ]);
    },
  );

  test("two of them end it at once: what it waited for is in doubt", async ({
    database,
    seal,
    startReplay,
    replay,
  }) => {
    await seal([...events, { body: "[]" }]);
    await addGate(database);
    await whileLocked(database, "lock table gate", async () => {
      const running = startReplay();
      await running.until("the load waits", () => somebodyWaits(database));
      running.signal("SIGINT");
      await running.untilStderr(/finishing what is in hand/);
      running.signal("SIGINT");
      const { exitCode, report } = replayed(await running.result);
      expect(exitCode).toBe(130);
      expect(report).toMatchObject({
        stopped_because: "signal",
        read: 31,
        rejected: 1,
        in_doubt: 30,
        sealed_after: null,
      });
    });
    const { report } = await replay();
    // Whatever became of the statement that nobody waited for.
    expect(report.loaded + report.duplicates + report.rejected).toBe(report.read);
    expect(await count(database)).toEqual({ rows: 30, ledger: 30, sealed: 1, replayed: 30 });
  });

  test("ends one that waits for the rejects at the start", async ({ database, seal, startReplay }) => {
    await seal(events);
    await whileLocked(database, "lock table sqs2pg.rejects in access exclusive mode", async () => {
      const running = startReplay();
      await running.until("it waits", () => somebodyWaits(database));
      running.signal("SIGINT");
      const { exitCode, stderr, stdout } = await running.result;
      expect(exitCode).toBe(130);
      expect(stderr).toBe("sqs2pg: interrupted before anything was read: nothing was changed\n");
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: "interrupted" } });
    });
  });
});

function started(running: RunningCli | undefined): RunningCli {
  if (running === undefined) throw new Error("nothing was started");
  return running;
}
