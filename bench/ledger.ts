import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import pg from "pg";
import { LOGIN_PIPELINE } from "../src/config/login.js";
import { parsePipeline } from "../src/config/parse-pipeline.js";
import { openStore } from "../src/loader/open-store.js";
import type { LoadMessage } from "../src/loader/store.js";
import { postgresUs } from "./support/processor.js";
import { medianOf } from "./support/rates.js";
import { machineLine, markdownTable, writeSection } from "./support/results.js";
import { openStage } from "./support/stage.js";

/**
 * What the ledger costs the database: the statements that a drain loads with, where SQS hands messages out for the first
 * time and where it has done so before, beside one that inserts the same rows and remembers nothing. In turns, over one
 * connection, each time into an empty database.
 *
 *     npm run bench:ledger -- [--rows 200000] [--rounds 5]
 */
const { values } = parseArgs({
  options: { rows: { type: "string", default: "200000" }, rounds: { type: "string", default: "5" } },
});
const BATCH = 1_000;
const batches = Math.ceil(Number(values.rows) / BATCH);
const rounds = Number(values.rounds);
const { pipeline } = parsePipeline(LOGIN_PIPELINE, { source: "the built-in pipeline" });

type Load = (messages: readonly LoadMessage[]) => Promise<unknown>;

interface Way {
  readonly name: string;
  open(databaseUrl: string): Promise<{ load: Load; close: () => Promise<void> }>;
}

/** As a drain loads what SQS has handed out so often. */
function drainsWay(name: string, receiveCount: number): Way {
  return {
    name,
    open: (url) => {
      const store = openStore({ database: { url, env: {} }, targets: [pipeline], poolSize: 1 });
      const runId = randomUUID();
      let microseconds = 0;
      return Promise.resolve({
        load: (messages) => {
          microseconds += 1;
          const stamp = `2026-01-02T00:00:00.${String(microseconds).padStart(6, "0")}Z`;
          const received = messages.map((message) => ({ ...message, receiveCount }));
          return store.load({ runId, stamp, messages: received }, { isRetry: false });
        },
        close: () => store.close(),
      });
    },
  };
}

const WAYS: readonly Way[] = [
  drainsWay("rows and ledger, handed out for the first time", 1),
  drainsWay("rows and ledger, handed out before", 2),
  {
    name: "rows alone",
    open: async (connectionString) => {
      const client = new pg.Client({ connectionString });
      await client.connect();
      const names = pipeline.columns.map(({ name }) => name);
      const types = ["text", "text", "text", "text", "text", "integer", "date"];
      const sql = `insert into user_logins (${names.join(", ")})
        select * from unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(", ")})`;
      return {
        load: (messages) =>
          client.query(
            sql,
            names.map((_, column) => messages.map(({ rows }) => rows[0]?.values[column])),
          ),
        close: () => client.end(),
      };
    },
  },
];

const stage = await openStage();
try {
  const costs = new Map<string, number[]>(WAYS.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const way of WAYS) {
      const costUs = await measure(way);
      // The first round warms up.
      if (round > 0) costs.get(way.name)?.push(costUs);
    }
  }
  const rows = [...costs].map(([name, runs]) => ({
    statement: name,
    "database CPU us/row": Math.round(medianOf(runs) * 10) / 10,
    "lowest to highest": `${Math.min(...runs).toFixed(1)} to ${Math.max(...runs).toFixed(1)}`,
  }));
  const table = markdownTable(rows);
  process.stdout.write(`${table}\n`);
  if (batches >= 200 && rounds >= 5) {
    const notes = `${(batches * BATCH).toLocaleString("en-US")} rows in batches of 1,000, medians of ${rounds} rounds.`;
    await writeSection("ledger", `${machineLine(stage.postgresVersion)} ${notes}\n\n${table}`);
  }
} finally {
  await stage.stop();
}

async function measure(way: Way): Promise<number> {
  return stage.withDatabase(async (databaseUrl) => {
    const { load, close } = await way.open(databaseUrl);
    try {
      await load(messages());
      const beforeUs = await postgresUs(stage.postgres.dataFolder);
      for (let batch = 0; batch < batches; batch += 1) await load(messages());
      return ((await postgresUs(stage.postgres.dataFolder)) - beforeUs) / (batches * BATCH);
    } finally {
      await close();
    }
  });
}

function messages(): LoadMessage[] {
  const masked = (): string => (randomUUID() + randomUUID()).replaceAll("-", "");
  return Array.from({ length: BATCH }, () => ({
    messageId: randomUUID(),
    sentAtMs: Date.UTC(2026, 0, 2),
    receiveCount: 1,
    rows: [
      {
        target: 0,
        values: [randomUUID(), "android", masked(), masked(), "RU", 20_300, "2026-01-02"],
      },
    ],
  }));
}
