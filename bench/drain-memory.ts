import { parseArgs } from "node:util";
import { SQS2PG } from "./support/contenders.js";
import { drainBacklog } from "./support/drain-backlog.js";
import { machineLine, markdownTable, writeSection } from "./support/results.js";
import { openStage } from "./support/stage.js";

/**
 * Whether a drain needs more memory for a longer backlog: where rejects go into the quarantine, and where they are left
 * on the queue, so that the run keeps hold of each of them to its end.
 *
 *     npm run bench:memory -- [--sizes 100000,1000000]
 *
 * Only a run with the usual sizes is written into RESULTS.md.
 */
const SIZES = "100000,1000000";
const REJECTS = ["quarantine", "leave"] as const;
const { values } = parseArgs({ options: { sizes: { type: "string", default: SIZES } } });

const stage = await openStage();
try {
  const rows = [];
  const { args, ...program } = await SQS2PG.prepare(SQS2PG.copies);
  for (const rejects of REJECTS) {
    const withRejects = { ...program, args: [...args, "--on-reject", rejects] };
    for (const count of values.sizes.split(",").map(Number)) {
      const { took, seconds } = await drainBacklog(stage, withRejects, { count });
      rows.push({
        "--on-reject": rejects,
        messages: count,
        "peak MiB": Math.round(took.peakMiB),
        "messages/s": Math.round(count / seconds),
        "client CPU us/message": Math.round(took.processorUs / count),
      });
    }
  }
  const table = markdownTable(rows);
  process.stdout.write(`${table}\n`);
  if (values.sizes === SIZES) {
    await writeSection("memory", `${machineLine(stage.postgresVersion)}\n\n${table}`);
  }
} finally {
  await stage.stop();
}
