import { parseArgs } from "node:util";
import { BIN } from "../test/support/cli.js";
import { type Launch, launch, type Took } from "./support/launch.js";
import { medianOf } from "./support/rates.js";
import { machineLine, markdownTable, writeSection } from "./support/results.js";
import { environmentOf, openStage } from "./support/stage.js";

/**
 * What it takes to start the program, beside Node itself that does nothing; and a drain that finds an empty queue, most of
 * which is its long polls of a second.
 *
 *     npm run bench:startup -- [--rounds 11]
 */
const { values } = parseArgs({ options: { rounds: { type: "string", default: "11" } } });
const rounds = Number(values.rounds);
const sqs2pg = (...args: readonly string[]): Pick<Launch, "command" | "args"> => ({
  command: process.execPath,
  args: [BIN, ...args],
});
const COMMANDS = [
  { name: "node -e 0", program: { command: process.execPath, args: ["-e", "0"] } },
  { name: "sqs2pg --version", program: sqs2pg("--version") },
  { name: "sqs2pg --help", program: sqs2pg("--help") },
  { name: "sqs2pg drain, of an empty queue", program: sqs2pg("drain", "--quiet", "--json") },
] as const;

const stage = await openStage();
try {
  await stage.withDatabase(async (databaseUrl) => {
    const env = environmentOf(stage, databaseUrl);
    const runs = new Map<string, Took[]>(COMMANDS.map(({ name }) => [name, []]));
    for (let round = 0; round <= rounds; round += 1) {
      for (const { name, program } of COMMANDS) {
        await stage.sqs.reset({ count: 0 });
        const took = await launch({ ...program, env });
        // The first round fills the caches.
        if (round > 0) runs.get(name)?.push(took);
      }
    }
    const rows = [...runs].map(([command, took]) => ({
      command,
      ms: Math.round(medianOf(took.map(({ seconds }) => seconds * 1_000))),
      "CPU ms": Math.round(medianOf(took.map(({ processorUs }) => processorUs / 1_000))),
    }));
    const table = markdownTable(rows);
    process.stdout.write(`${table}\n`);
    if (rounds >= 11) {
      const notes = `Medians of ${rounds} rounds.`;
      await writeSection("startup", `${machineLine(stage.postgresVersion)} ${notes}\n\n${table}`);
    }
  });
} finally {
  await stage.stop();
}
