import { randomUUID } from "node:crypto";
import { systemClock } from "../src/clock.js";
import { LOGIN_PIPELINE } from "../src/config/login.js";
import { parsePipeline } from "../src/config/parse-pipeline.js";
import { loadBatch } from "../src/loader/load-batch.js";
import { migrate } from "../src/loader/migrations/migrate.js";
import { openStore } from "../src/loader/open-store.js";
import type { LoadMessage, Store } from "../src/loader/store.js";
import { startPostgres } from "../test/support/postgres.js";
import { inDatabase } from "./support/drain-run.js";
import { machineLine, markdownTable, writeSection } from "./support/results.js";

/**
 * What bad rows cost: statements and time to load a batch of 1,000 rows of which some break a check constraint.
 *
 *     npm run bench:poison
 */
const COUNT = 1_000;
const ROUNDS = 5;

interface Case {
  readonly bad: number;
  readonly where: string;
  readonly isBad: (index: number) => boolean;
}

const scattered = (bad: number): Case => ({
  bad,
  where: "scattered",
  isBad: (index) => Math.floor((index * bad) / COUNT) !== Math.floor(((index - 1) * bad) / COUNT),
});
const adjacent = (bad: number, from: number): Case => ({
  bad,
  where: "adjacent",
  isBad: (index) => index >= from && index < from + bad,
});
const CASES: readonly Case[] = [
  { bad: 0, where: "", isBad: () => false },
  { bad: 1, where: "", isBad: (index) => index === 617 },
  scattered(10),
  adjacent(10, 617),
  scattered(500),
  adjacent(500, 250),
  { bad: COUNT, where: "", isBad: () => true },
];

const postgres = await startPostgres();
try {
  const databaseUrl = await postgres.createDatabase("poison");
  await migrate({ database: { url: databaseUrl, env: {} } });
  const version = await inDatabase(databaseUrl, async (client) => {
    await client.query("alter table user_logins add constraint good check (app_version > 0)");
    const { rows } = await client.query("show server_version");
    return String(rows[0]?.server_version);
  });
  const { pipeline } = parsePipeline(LOGIN_PIPELINE, { source: "the built-in pipeline" });
  const store = openStore({ database: { url: databaseUrl, env: {} }, targets: [pipeline], poolSize: 1 });
  try {
    await measure(store, CASES[0] ?? scattered(1));
    const rows = [];
    for (const one of CASES) rows.push(await measure(store, one));
    const text = markdownTable(rows);
    process.stdout.write(`${text}\n`);
    await writeSection("poison", `${machineLine(version)} Best of ${ROUNDS} rounds.\n\n${text}`);
  } finally {
    await store.close();
  }
} finally {
  await postgres.stop();
}

async function measure(store: Store, { bad, where, isBad }: Case) {
  let statements = 0;
  let seconds = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const batch = { runId: randomUUID(), stamp: new Date().toISOString(), messages: messagesWith(isBad) };
    const startedAtMs = performance.now();
    const result = await loadBatch(batch, { store, clock: systemClock, retryForMs: 0 });
    seconds = Math.min(seconds, (performance.now() - startedAtMs) / 1_000);
    statements = result.statements;
    if (result.loaded !== COUNT - bad || result.rejects.length !== bad) throw new Error("miscounted");
  }
  const limit = Math.min(1 + bad * 2 * Math.ceil(Math.log2(COUNT)), 2 * COUNT - 1);
  return {
    "bad of 1,000": bad,
    where,
    statements,
    "at most": limit,
    seconds: Math.round(seconds * 1_000) / 1_000,
    "rows/s, bad ones included": Math.round(COUNT / seconds),
  };
}

function messagesWith(isBad: (index: number) => boolean): LoadMessage[] {
  const masked = "0123456789abcdef".repeat(4);
  return Array.from({ length: COUNT }, (_, index) => ({
    messageId: randomUUID(),
    sentAtMs: Date.UTC(2026, 0, 2),
    receiveCount: 1,
    rows: [
      {
        target: 0,
        values: [randomUUID(), "android", masked, masked, "RU", isBad(index) ? -1 : 20_300, "2026-01-02"],
      },
    ],
  }));
}
