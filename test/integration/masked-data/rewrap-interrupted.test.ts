import { describe, expect } from "vitest";
import { createUnmask, parseKeys } from "../../../src/masking/index.js";
import { type Bench, KEY, somebodyWaits, test } from "../../support/bench.js";
import { type RunningCli, runCli, startCli } from "../../support/cli.js";
import { endSessions } from "../../support/database-bench.js";
import { until } from "../../support/until.js";
import {
  addUpdateGate,
  BOTH,
  idOf,
  ips,
  load,
  NEW_KEY,
  pipelineOf,
  rewrapped,
  SIV,
  SIV_SPEC,
  unmasked,
  withSession,
} from "./rewrap-bench.js";

const COUNT = 60;
const ARGS = ["rewrap", "--rotate", "--mask", "aes-siv", "--batch-size", "10", "--json"];

/** Drains events under the old key, and holds a rewrap in the middle of its third batch while `action` goes on. */
async function inTheMiddle(
  { database, queueEnv, queue, drain }: Pick<Bench, "database" | "queueEnv" | "queue" | "drain">,
  action: (running: RunningCli) => Promise<void>,
): Promise<Readonly<Record<string, string>>> {
  queue.send(
    Array.from({ length: COUNT }, (_, index) =>
      JSON.stringify({ user_id: `u${index}`, ip: `192.0.2.${index}`, device_id: "d" }),
    ),
  );
  await drain(["--mask", "aes-siv"]);
  await addUpdateGate(database, "user_logins", 25);
  const env = { ...queueEnv, DATABASE_URL: database.url, SQS2PG_MASK_KEY: BOTH };
  await withSession(database, async (session) => {
    await session.query("lock table gate");
    const running = startCli(ARGS, { env });
    await running.until("it waits in the third batch", () => somebodyWaits(database));
    await action(running);
  });
  return env;
}

/** All addresses, read with both keys; and how many are under the new one. */
async function readable({ database }: Pick<Bench, "database">): Promise<{ values: number; done: number }> {
  const unmask = createUnmask(SIV_SPEC, parseKeys(BOTH));
  const rows = await database.query("select masked_ip as ip from user_logins");
  const values = await Promise.all(rows.map(({ ip }) => unmask(String(ip))));
  const done = rows.filter(({ ip }) => String(ip).startsWith(`s1.${idOf(NEW_KEY)}.`));
  return { values: new Set(values).size, done: done.length };
}

describe.concurrent("a rewrap that is interrupted in the middle", () => {
  test("by a signal finishes the batch in hand, and goes on when it is run again", async ({
    database,
    queueEnv,
    queue,
    drain,
  }) => {
    const bench = { database, queueEnv, queue, drain };
    let ended: RunningCli["result"] | undefined;
    const env = await inTheMiddle(bench, async (running) => {
      running.signal("SIGINT");
      await running.untilStderr(/finishing what is in hand/);
      ended = running.result;
    });
    const { exitCode, stdout } = (await ended) ?? {};
    expect(exitCode).toBe(130);
    expect(JSON.parse(stdout ?? "")).toMatchObject({
      stopped_because: "signal",
      columns: [{ rewrapped: 30 }, { rewrapped: 30 }],
      dispensable_keys: [],
    });
    expect(await readable(bench)).toEqual({ values: COUNT, done: 30 });
    const again = await runCli(ARGS, { env });
    expect(again.exitCode).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({
      columns: [
        { rewrapped: 30, left: [] },
        { rewrapped: 30, left: [] },
      ],
      dispensable_keys: [idOf(KEY)],
    });
    expect(await readable(bench)).toEqual({ values: COUNT, done: COUNT });
  });

  test("by a second signal ends at once", async ({ database, queueEnv, queue, drain }) => {
    const bench = { database, queueEnv, queue, drain };
    await inTheMiddle(bench, async (running) => {
      running.signal("SIGTERM");
      await running.untilStderr(/finishing what is in hand/);
      running.signal("SIGTERM");
      const { exitCode, stdout } = await running.result;
      expect(exitCode).toBe(143);
      expect(JSON.parse(stdout)).toMatchObject({
        stopped_because: "signal",
        columns: [{ rewrapped: 20 }, {}],
      });
    });
    expect((await readable(bench)).values).toBe(COUNT);
  });

  test("by kill -9 leaves every value under one key or the other", async ({
    database,
    queueEnv,
    queue,
    drain,
  }) => {
    const bench = { database, queueEnv, queue, drain };
    const env = await inTheMiddle(bench, async (running) => {
      running.signal("SIGKILL");
      await running.result;
    });
    const { values, done } = await readable(bench);
    expect(values).toBe(COUNT);
    // The batch under way went in or did not, as a whole.
    expect([20, 30]).toContain(done);
    const again = await runCli(ARGS, { env });
    expect(again.exitCode).toBe(0);
    expect(await readable(bench)).toEqual({ values: COUNT, done: COUNT });
  });

  test("by the end of its session tries again", async ({ database, queueEnv, queue, drain }) => {
    const bench = { database, queueEnv, queue, drain };
    let ended: RunningCli["result"] | undefined;
    await inTheMiddle(bench, async (running) => {
      ended = running.result;
      expect(await endSessions(bench.database)).toBe(1);
    });
    const { exitCode, stdout } = (await ended) ?? {};
    expect({ exitCode, report: JSON.parse(stdout ?? "") }).toMatchObject({
      exitCode: 0,
      report: { stopped_because: "done", dispensable_keys: [idOf(KEY)] },
    });
    expect(await readable(bench)).toEqual({ values: COUNT, done: COUNT });
  });
});

test("every value can be read at every moment, whatever the batches and wherever it is cut off", async ({
  database,
}) => {
  await database.query("create table visits (id text, ip text)");
  const values = ips(300);
  await load(database, pipelineOf(SIV), KEY, values);
  const sorted = [...values].sort();
  let isOver = false;
  const watching = (async () => {
    while (!isOver) expect(await unmasked(database, "ip", SIV_SPEC, BOTH)).toEqual(sorted);
  })();
  // Back and forth, cut off when so many more are under the key of the moment.
  for (const [turn, batchSize] of [1, 7, 300, 33, 100, 2, 64].entries()) {
    const [lines, key] = turn % 2 === 0 ? [BOTH, NEW_KEY] : [`${KEY}\n${NEW_KEY}`, KEY];
    const kill = new AbortController();
    let hasEnded = false;
    const running = rewrapped(database, pipelineOf(SIV), lines, { batchSize, kill: kill.signal }).finally(
      () => {
        hasEnded = true;
      },
    );
    await until(`${40 * turn} rewrapped`, async () => {
      const done = await database.query("select from visits where ip like $1", [`s1.${idOf(key)}.%`]);
      return hasEnded || done.length > 40 * turn;
    });
    kill.abort();
    await running;
    expect(await unmasked(database, "ip", SIV_SPEC, BOTH)).toEqual(sorted);
  }
  expect(await rewrapped(database, pipelineOf(SIV), BOTH)).toMatchObject({ stopped_because: "done" });
  isOver = true;
  await watching;
  expect(await unmasked(database, "ip", SIV_SPEC, NEW_KEY)).toEqual(sorted);
});
