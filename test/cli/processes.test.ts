import { execa } from "execa";
import { describe, expect } from "vitest";
import {
  addGate,
  DRAIN_REPORT_FIELDS,
  outcomes,
  reportOf,
  rowWaits,
  somebodyWaits,
  test,
  whileLocked,
} from "../support/bench.js";
import { type RunningCli, runCli } from "../support/cli.js";
import type { TestDatabase } from "../support/database.js";
import { rowCount } from "../support/database-bench.js";
import { drainRest } from "../support/drain-rest.js";
import { urlOf } from "../support/postgres.js";
import { settled, traceableEvents } from "../support/settled.js";
import { until } from "../support/until.js";

/** The processes that a drain has started. */
async function childrenOf({ pid }: RunningCli): Promise<number[]> {
  const { stdout } = await execa("pgrep", ["-P", String(pid)], { reject: false });
  return stdout.split("\n").filter(Boolean).map(Number);
}

/** Resolves when all three receive, and rows are there. */
function underWay(running: RunningCli, database: TestDatabase): Promise<void> {
  return running.until("three runs, and rows", async () => {
    const runs = await database.query("select from sqs2pg.runs");
    return runs.length === 3 && (await rowCount(database)) > 0;
  });
}

function isThere(pid: number, signal: NodeJS.Signals | 0 = 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

describe.concurrent("drain --processes", () => {
  test("loads each message once, and reports as one", async ({ queue, database, drain }) => {
    const sent = queue.send(traceableEvents(600));
    const { exitCode, report, stdout, stderr } = await drain(["--processes", "3", "--quiet"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toBe(`${JSON.stringify(report)}\n`);
    expect(Object.keys(report)).toEqual(DRAIN_REPORT_FIELDS.toSpliced(1, 0, "runs"));
    expect(report).toMatchObject({ stopped_because: "empty", received: 600, loaded: 600, rows: 600 });
    expect(report.requests.receive).toBeGreaterThanOrEqual(60);
    expect(await settled({ sent, queue, database })).toMatchObject({ rows: 600, queued: 0 });
    const runs = await database.query<{ id: string; loaded: number }>(
      "select id::text, (counters->>'loaded')::integer as loaded from sqs2pg.runs",
    );
    expect(report.runs?.[0]).toBe(report.run_id);
    expect(runs.map(({ id }) => id).toSorted()).toEqual(report.runs?.toSorted());
    expect(runs).toHaveLength(3);
    expect(runs.reduce((sum, { loaded }) => sum + loaded, 0)).toBe(600);
  });

  test("--max is exact for all of them together", async ({ queue, drain }) => {
    queue.send(traceableEvents(300));
    const { exitCode, report } = await drain(["--processes", "3", "--max", "100"]);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ stopped_because: "max", received: 100, loaded: 100 });
    expect(queue.counts()).toEqual({ visible: 200, in_flight: 0, delayed: 0 });
  });

  test("no process is started for nothing", async ({ queue, database, drain }) => {
    queue.send(traceableEvents(3));
    const { report } = await drain(["--processes", "4", "--max", "2"]);
    expect(report).toMatchObject({ stopped_because: "max", received: 2 });
    expect(await database.query("select from sqs2pg.runs")).toHaveLength(2);
  });

  test("rejects are counted as of one, and are the exit code", async ({ queue, drain }) => {
    queue.send(Array.from({ length: 40 }, () => "{}"));
    const { exitCode, report } = await drain(["--processes", "2", "--visibility", "60"]);
    expect(exitCode).toBe(3);
    expect(report.rejects).toEqual([
      { code: "missing", field: "user_id", count: 40, example_message_id: expect.any(String) },
    ]);
  });

  test("a dry run is for one process", async ({ queueEnv }) => {
    const { exitCode, stdout, stderr } = await runCli(["drain", "--dry-run", "--processes", "2"], {
      env: queueEnv,
    });
    expect({ exitCode, stdout, stderr }).toEqual({
      ...{ exitCode: 2, stdout: "" },
      stderr: "sqs2pg: --dry-run reads with one process: leave --processes out\n",
    });
  });

  test("what is wrong for all is told once, as by one process", async ({ env, queue, database }) => {
    queue.send(traceableEvents(10));
    const url = urlOf({ ...database.server, password: "canary" }, database.name);
    const wrong = { env: { ...env, DATABASE_URL: url } };
    const one = await runCli(["drain", "--json"], wrong);
    const several = await runCli(["drain", "--json", "--processes", "3"], wrong);
    expect(one.exitCode).toBe(1);
    expect(several).toEqual(one);
    await database.query(
      "alter table user_logins drop column locale, alter app_version type date using null",
    );
    const unfit = await runCli(["drain", "--json", "--processes", "3"], { env });
    expect(unfit).toEqual(await runCli(["drain", "--json"], { env }));
    expect(JSON.parse(unfit.stdout)).toMatchObject({ error: { code: "target_unfit", problems: [{}, {}] } });
  });
});

describe.concurrent("several processes in the middle of a backlog", () => {
  const COUNT = 10_000;
  const SLOW = ["--processes", "3", "--concurrency", "2", "--batch-size", "50"];

  test("Ctrl-C, which all of them get: stops cleanly with one report", async ({
    queue,
    database,
    startDrain,
  }) => {
    const sent = queue.send(traceableEvents(COUNT));
    const running = startDrain(SLOW);
    await underWay(running, database);
    const children = await childrenOf(running);
    expect(children).toHaveLength(3);
    for (const pid of children) process.kill(pid, "SIGINT");
    running.signal("SIGINT");
    const result = await running.result;
    const report = reportOf(result);
    expect(result).toMatchObject({ exitCode: 130, signal: undefined });
    expect(report).toMatchObject({ stopped_because: "signal", in_doubt: 0, duplicates: 0 });
    expect(report.runs).toHaveLength(3);
    expect(report.loaded).toBeLessThan(COUNT);
    expect(outcomes(report)).toBe(report.received);
    const { rows, queued } = await settled({ sent, queue, database });
    expect([rows, rows + queued]).toEqual([report.loaded, COUNT]);
    expect(queue.counts()).toMatchObject({ in_flight: 0 });
    expect(children.filter((pid) => isThere(pid))).toEqual([]);
  });

  test("a second one ends it at once with one report", async ({ queue, database, drain, startDrain }) => {
    const sent = queue.send(traceableEvents(1_000));
    await addGate(database);
    await whileLocked(database, "lock table gate", async () => {
      const running = startDrain(["--processes", "2", "--visibility", "2", "--batch-size", "50"]);
      await running.until("a load waits", () => rowWaits(database));
      running.signal("SIGINT");
      await running.untilStderr(/finishing what is in hand/);
      running.signal("SIGINT");
      const result = await running.result;
      expect(result).toMatchObject({ exitCode: 130, signal: undefined });
      const report = reportOf(result);
      expect(report).toMatchObject({ stopped_because: "signal", loaded: 0 });
      expect(report.in_doubt).toBeGreaterThan(0);
      expect(outcomes(report)).toBe(report.received);
    });
    await drainRest({ queue, drain });
    expect(await settled({ sent, queue, database })).toMatchObject({ rows: 1_000, queued: 0 });
  });

  test("before anything was received it says so", async ({ database, startDrain }) => {
    await whileLocked(database, "lock table sqs2pg.migrations", async () => {
      const running = startDrain(["--processes", "2"]);
      await running.until("it waits for the database", () => somebodyWaits(database));
      running.signal("SIGTERM");
      const { exitCode, stdout, stderr } = await running.result;
      expect(stderr).toBe("sqs2pg: interrupted before the first receive: nothing was taken from the queue\n");
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: "interrupted" } });
      expect(exitCode).toBe(143);
    });
  });

  test("one of them is killed: the others stop, nothing is lost", async ({
    queue,
    database,
    drain,
    startDrain,
  }) => {
    const sent = queue.send(traceableEvents(COUNT));
    const running = startDrain([...SLOW, "--visibility", "2", "--quiet"]);
    await underWay(running, database);
    const [, victim = 0] = await childrenOf(running);
    process.kill(victim, "SIGKILL");
    const result = await running.result;
    const report = reportOf(result);
    expect(result).toMatchObject({ exitCode: 1, signal: undefined });
    expect(result.stderr).toMatch(
      /^sqs2pg: process \d of 3 has died \(SIGKILL\): what it had in hand comes back .*none of it is lost.*\n$/,
    );
    expect(report).toMatchObject({
      stopped_because: "error",
      error: { kind: "failed", code: "process_died", message: result.stderr.slice("sqs2pg: ".length).trim() },
    });
    expect(report.runs).toHaveLength(3);
    expect(report.loaded).toBeGreaterThan(0);
    expect(outcomes(report)).toBe(report.received);
    expect(await rowCount(database)).toBeLessThan(COUNT);
    await settled({ sent, queue, database, isCutOff: true });
    await drainRest({ queue, drain });
    expect(await settled({ sent, queue, database })).toEqual({ rows: COUNT, rejects: 0, queued: 0 });
  });

  test("their parent is killed: they stop cleanly by themselves", async ({
    queue,
    database,
    drain,
    startDrain,
  }) => {
    const sent = queue.send(traceableEvents(COUNT));
    const running = startDrain(SLOW);
    await underWay(running, database);
    const children = await childrenOf(running);
    expect(children).toHaveLength(3);
    running.signal("SIGKILL");
    await until("they have ended", () => !children.some((pid) => isThere(pid)));
    expect((await running.result).signal).toBe("SIGKILL");
    const { queued } = await settled({ sent, queue, database });
    expect(queued).toBeGreaterThan(0);
    expect(queue.counts()).toMatchObject({ in_flight: 0 });
    expect(await database.query("select stopped_because from sqs2pg.runs")).toEqual(
      Array.from({ length: 3 }, () => ({ stopped_because: "signal" })),
    );
    await drainRest({ queue, drain });
    expect(await settled({ sent, queue, database })).toMatchObject({ rows: COUNT, queued: 0 });
  });

  test("their parent is killed while a load waits: a signal ends them at once", async ({
    queue,
    database,
    drain,
    startDrain,
  }) => {
    const sent = queue.send(traceableEvents(1_000));
    await addGate(database);
    await whileLocked(database, "lock table gate", async () => {
      const running = startDrain(["--processes", "2", "--visibility", "2", "--batch-size", "50"]);
      await running.until("a load waits", () => rowWaits(database));
      const children = await childrenOf(running);
      expect(children).toHaveLength(2);
      running.signal("SIGKILL");
      // One that has not noticed yet takes no notice of a signal, which is its parent's business.
      await until("they have ended", () => children.filter((pid) => isThere(pid, "SIGTERM")).length === 0);
      expect((await running.result).signal).toBe("SIGKILL");
      expect(await rowCount(database)).toBe(0);
    });
    await drainRest({ queue, drain });
    expect(await settled({ sent, queue, database })).toMatchObject({ rows: 1_000, queued: 0 });
  });
});
