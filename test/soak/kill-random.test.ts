import { expect } from "vitest";
import { test } from "../support/bench.js";
import type { RunningCli } from "../support/cli.js";
import type { TestDatabase } from "../support/database.js";
import { rowCount } from "../support/database-bench.js";
import { drainRest } from "../support/drain-rest.js";
import { seededRandom } from "../support/seeded-random.js";
import { settled, traceableEvents } from "../support/settled.js";
import type { SentMessage, TestQueue } from "../support/sqs.js";
import { until } from "../support/until.js";

const KILLS = 100;
/** The backlog is kept at this, so that each drain has enough to do until it is killed. */
const BACKLOG = 5_000;
const SEED = Number(process.env["SQS2PG_SOAK_SEED"] ?? 1);

interface Around {
  readonly running: RunningCli;
  readonly queue: TestQueue;
  readonly database: TestDatabase;
  readonly random: () => number;
}

/** Long enough for a drain to get anywhere. */
const LONGEST_MS = 5_000;

/** Moments of a drain that has started: by what can be seen of it from outside, or by nothing but time. */
const MOMENTS: readonly ((around: Around) => Promise<string>)[] = [
  async ({ random }) => {
    const delayMs = Math.floor(random() * 1_500);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    return `after ${delayMs} ms`;
  },
  async ({ running, database, random }) => {
    const more = 1 + Math.floor(random() * 200);
    const enough = (await rowCount(database)) + more;
    await orLongest(running, async () => (await rowCount(database)) >= enough);
    return `after ${more} rows`;
  },
  async ({ running, queue, random }) => {
    const before = queue.messageIds().length;
    const gone = 1 + Math.floor(random() * 200);
    await orLongest(running, () => queue.messageIds().length <= before - gone);
    return `after ${gone} deletes`;
  },
  async ({ running, queue, random }) => {
    const held = 1 + Math.floor(random() * 200);
    await orLongest(running, () => queue.counts().in_flight >= held);
    return `with ${held} in flight`;
  },
];

async function orLongest(running: RunningCli, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + LONGEST_MS;
  await running.until("its moment", async () => Date.now() > deadlineMs || (await condition()));
}

test(`kill -9 at ${KILLS} random moments over one backlog (seed ${SEED})`, async ({
  queue,
  database,
  drain,
  startDrain,
}) => {
  const random = seededRandom(SEED);
  const sent: SentMessage[] = [];
  const moments: string[] = [];
  for (let kills = 0; kills < KILLS; ) {
    const missing = BACKLOG - queue.messageIds().length;
    if (missing > 0) sent.push(...queue.send(traceableEvents(sent.length + missing).slice(sent.length)));
    await until("there is work", () => queue.counts().visible > 1_000);
    const batchSize = 1 + Math.floor(random() * 300);
    const running = startDrain(["--batch-size", String(batchSize), "--visibility", "2"]);
    const moment = MOMENTS[Math.floor(random() * MOMENTS.length)] ?? MOMENTS[0];
    // A quick machine may be done with all of it before the moment comes.
    const when = await moment?.({ running, queue, database, random }).catch(() => undefined);
    running.signal("SIGKILL");
    const { signal, exitCode } = await running.result;
    if (signal === "SIGKILL") {
      kills += 1;
      moments.push(when ?? "");
    } else expect(exitCode).toBe(0);
    await settled({ sent, queue, database, isCutOff: true });
  }
  const reports = await drainRest({ queue, drain }, [], { timeoutMs: 400_000 });
  expect(await settled({ sent, queue, database })).toEqual({ rows: sent.length, rejects: 0, queued: 0 });
  const duplicates = reports.reduce((sum, report) => sum + report.duplicates, 0);
  process.stdout.write(
    `${sent.length} messages, killed ${moments.join(", ")}; ${duplicates} duplicates at the end\n`,
  );
});
