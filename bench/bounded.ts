import { parseArgs } from "node:util";
import { migrate } from "../src/loader/migrations/migrate.js";
import { type PostgresServer, startPostgres } from "../test/support/postgres.js";
import { type BoundedCase, boundedCases } from "./support/bounded-cases.js";
import { type DrainRun, inDatabase, runDrain, type Stored, storedIn } from "./support/drain-run.js";
import { type LoadServer, startLoadServer } from "./support/load-server.js";
import { highestBetween } from "./support/memory.js";
import { machineLine, markdownTable, writeSection } from "./support/results.js";

/**
 * Drains queues that are far larger than the memory that the drain gets, and shows that it needs no more of it towards
 * the end than at the beginning, and that every message is accounted for.
 *
 *     npm run bench:bounded -- [--scale 0.01] [--only TEXT] [--heap 256]
 *
 * Only a whole run, with nothing left out or made smaller, is written into RESULTS.md.
 */
const { values } = parseArgs({
  options: {
    scale: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    heap: { type: "string", default: "256" },
  },
});
const scale = Number(values.scale);
const heapMiB = Number(values.heap);
const cases = boundedCases(scale).filter(({ name }) => name.includes(values.only));

const postgres = await startPostgres();
try {
  const rows: ReturnType<typeof rowOf>[] = [];
  let version = "";
  for (const [index, one] of cases.entries()) {
    const { row, postgresVersion } = await measure(postgres, one, index);
    process.stdout.write(`${JSON.stringify(row)}\n`);
    rows.push(row);
    version = postgresVersion;
  }
  const table = markdownTable(rows);
  process.stdout.write(`\n${table}\n`);
  if (scale === 1 && values.only === "") {
    await writeSection("bounded", `${machineLine(version)} Heap limit ${heapMiB} MiB.\n\n${table}`);
  }
  if (rows.some(({ accounted }) => accounted !== "yes")) process.exitCode = 1;
} finally {
  await postgres.stop();
}

async function measure(
  server: PostgresServer,
  one: BoundedCase,
  index: number,
): Promise<{ row: ReturnType<typeof rowOf>; postgresVersion: string }> {
  const name = `bounded_${index}`;
  const databaseUrl = await server.createDatabase(name);
  await migrate({ database: { url: databaseUrl, env: {} } });
  await one.prepare(databaseUrl);
  const queue = await startLoadServer(one.traffic);
  try {
    const count = one.traffic.count;
    const run = await runDrain({ server: queue, count, databaseUrl, args: one.args, heapMiB });
    const stored = await storedIn(databaseUrl);
    const postgresVersion = await inDatabase(databaseUrl, async (client) => {
      const { rows } = await client.query("show server_version");
      return String(rows[0]?.server_version);
    });
    return { row: rowOf(one, run, queue, stored), postgresVersion };
  } finally {
    await queue.stop();
    await inDatabase(server.url("postgres"), (client) => client.query(`drop database ${name} with (force)`));
  }
}

function rowOf(one: BoundedCase, run: DrainRun, queue: LoadServer, stored: Stored) {
  const { report, samples, seconds } = run;
  const { count } = one.traffic;
  const requests = Object.values(queue.requests()).reduce((sum, number) => sum + number, 0);
  return {
    queue: one.name,
    messages: count,
    MiB: Math.round(one.mebibytes),
    seconds: Math.round(seconds),
    "messages/s": Math.round(count / seconds),
    "RSS to 10%": highestBetween(samples, 0.02, 0.1),
    "to 50%": highestBetween(samples, 0.1, 0.5),
    "to 100%": highestBetween(samples, 0.5, 1.1),
    "peak MiB": Math.max(0, ...samples.map(({ peakMiB }) => peakMiB)),
    "requests per 1,000": Math.round((requests * 1_000) / count),
    "exit code": run.exitCode ?? run.signal ?? "none",
    accounted: whatIsMissing(one, run, queue, stored),
    loaded: report?.loaded ?? 0,
    duplicates: report?.duplicates ?? 0,
    rejected: report?.rejected ?? 0,
  };
}

/** `yes`, or the first thing that is not as it must be. */
function whatIsMissing(one: BoundedCase, run: DrainRun, queue: LoadServer, stored: Stored): string {
  const { report, stderr } = run;
  const { expected, traffic } = one;
  if (report === undefined) return `no report: ${stderr.slice(-2_000)}`;
  const counts = queue.counts();
  const isQuarantine = one.args.includes("quarantine");
  const checks: readonly (readonly [string, unknown, unknown])[] = [
    ["exit code", run.exitCode, expected.exitCode],
    ["stopped", report.stopped_because, "empty"],
    ["received", report.received, traffic.count],
    ["loaded", report.loaded, expected.loaded],
    ["duplicates", report.duplicates, expected.duplicates],
    ["rejected", report.rejected, expected.rejected],
    ["sum", report.released + report.in_doubt, 0],
    ["deleted", report.deleted, expected.deleted],
    ["rows", stored.rows, expected.loaded],
    ["ledger", stored.ledger, expected.loaded + expected.duplicates],
    ["rejects stored", stored.rejects, expected.rejected],
    ["bodies sealed", stored.sealed, isQuarantine ? expected.rejected : 0],
    ["gone from the queue", counts.deleted, expected.deleted],
    ["left on the queue", counts.visible + counts.in_flight, traffic.count - expected.deleted],
    ["redelivered", counts.redelivered, 0],
  ];
  const wrong = checks.find(([, is, must]) => is !== must);
  return wrong === undefined ? "yes" : `${wrong[0]}: ${wrong[1]} instead of ${wrong[2]}`;
}
