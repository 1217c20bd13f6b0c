import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chart } from "./support/chart.js";
import { type Contender, chosenContenders } from "./support/contenders.js";
import { type Drained, drainBacklog } from "./support/drain-backlog.js";
import { machineLine, markdownTable, writeSection } from "./support/results.js";
import { type Figures, figuresOf, rowOf } from "./support/speed-figures.js";
import { openStage } from "./support/stage.js";

/**
 * Drains the same backlog with sqs2pg and with what one would write or install in its place, in turns.
 *
 *     npm run bench -- [--rounds 5] [--messages 100000] [--only sqs2pg,sqs-consumer:4]
 *
 * Only a run of all contenders, with at least five rounds and nothing made smaller, is written into RESULTS.md.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    messages: { type: "string", default: "100000" },
    only: { type: "string", default: "" },
  },
});
const rounds = Number(values.rounds);
const messages = Number(values.messages);

const stage = await openStage();
try {
  const ready: { contender: Contender; program: Awaited<ReturnType<Contender["prepare"]>> }[] = [];
  const skipped: string[] = [];
  for (const contender of chosenContenders(values.only)) {
    try {
      ready.push({ contender, program: await contender.prepare(contender.copies) });
    } catch (error) {
      const [reason = ""] = String(error).split("\n");
      skipped.push(`${contender.title} was left out: ${reason}`);
      process.stderr.write(`${skipped.at(-1)}\n`);
    }
  }

  const runs = new Map<Contender, Drained[]>(ready.map(({ contender }) => [contender, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { contender, program } of ready) {
      const count = Math.ceil(messages * contender.share);
      const drained = await drainBacklog(stage, program, { count }, contender.isEndless);
      runs.get(contender)?.push(drained);
      process.stderr.write(`${round}: ${contender.title}: ${Math.round(count / drained.seconds)}/s\n`);
    }
  }

  const figures: Figures[] = [...runs]
    .map(([contender, drained]) => figuresOf(contender, drained))
    .sort((one, other) => other.perSecond - one.perSecond);
  const table = markdownTable(figures.map(rowOf));
  process.stdout.write(`${table}\n`);
  if (values.only === "" && rounds >= 5 && messages >= 100_000 && ready.length > 0) {
    const notes = [`Medians of ${rounds} rounds.`, ...skipped].join(" ");
    await writeSection("speed", `${machineLine(stage.postgresVersion)} ${notes}\n\n${table}`);
    await writeFile(fileURLToPath(new URL("./results.svg", import.meta.url)), chart(figures));
  }
} finally {
  await stage.stop();
}
