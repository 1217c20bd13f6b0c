import { parseArgs } from "node:util";
import { CONTENDERS } from "./support/contenders.js";
import { drainBacklog } from "./support/drain-backlog.js";
import { machineLine, markdownTable, writeSection } from "./support/results.js";
import { openStage } from "./support/stage.js";

/**
 * Whether a drain needs more memory for a longer backlog.
 *
 *     npm run bench:memory -- [--sizes 100000,1000000]
 *
 * Only a run with the usual sizes is written into RESULTS.md.
 */
const SIZES = "100000,1000000";
const { values } = parseArgs({ options: { sizes: { type: "string", default: SIZES } } });

const stage = await openStage();
try {
  const rows = [];
  for (const count of values.sizes.split(",").map(Number)) {
    const contender = CONTENDERS.find(({ name }) => name === "sqs2pg");
    if (contender === undefined) throw new Error("sqs2pg is no contender");
    const program = await contender.prepare(contender.copies);
    const { took, seconds } = await drainBacklog(stage, program, { count });
    rows.push({
      messages: count,
      "peak MiB": Math.round(took.peakMiB),
      "messages/s": Math.round(count / seconds),
      "client CPU us/message": Math.round(took.processorUs / count),
    });
  }
  const table = markdownTable(rows);
  process.stdout.write(`${table}\n`);
  if (values.sizes === SIZES) {
    await writeSection("memory", `${machineLine(stage.postgresVersion)}\n\n${table}`);
  }
} finally {
  await stage.stop();
}
