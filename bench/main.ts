import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chart } from "./support/chart.js";
import { type Contender, chosenContenders } from "./support/contenders.js";
import { type Drained, drainBacklog, Stalled } from "./support/drain-backlog.js";
import { PEER_VERSIONS } from "./support/install-peers.js";
import { machineLine, markdownTable, writeSection } from "./support/results.js";
import { type Figures, figuresOf, rowOf } from "./support/speed-figures.js";
import { openStage } from "./support/stage.js";

/**
 * Drains the same backlog with sqs2pg and with what one would write or install in its place, in turns.
 *
 *     npm run bench -- [--rounds 5] [--messages 300000] [--latency 2] [--only sqs2pg,sqs-consumer:4]
 *
 * Only a run of all contenders, with at least five rounds and nothing made smaller, is written into RESULTS.md.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    messages: { type: "string", default: "300000" },
    latency: { type: "string", default: "2" },
    only: { type: "string", default: "" },
  },
});
const rounds = Number(values.rounds);
const messages = Number(values.messages);
const latencyMs = Number(values.latency);
const CHART = "![Messages a second and processor time a message](results.svg)";
/** Of one run that came to nothing. */
const REPETITIONS = 3;

const stage = await openStage();
try {
  const ready: { contender: Contender; program: Awaited<ReturnType<Contender["prepare"]>> }[] = [];
  const notes: string[] = [
    `Medians of ${rounds} rounds; ${latencyMs} ms for each call. Peers: ${PEER_VERSIONS}.`,
  ];
  for (const contender of chosenContenders(values.only)) {
    try {
      ready.push({ contender, program: await contender.prepare(contender.copies) });
    } catch (error) {
      const [reason = ""] = String(error).split("\n");
      notes.push(`${contender.title} was left out: ${reason}`);
      process.stderr.write(`${notes.at(-1)}\n`);
    }
  }

  const runs = new Map<Contender, Drained[]>(ready.map(({ contender }) => [contender, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { contender, program } of ready) {
      const count = Math.ceil(messages * contender.share);
      const drained = await repeated(contender.title, notes, () =>
        drainBacklog(stage, program, { count, latencyMs }, contender.isEndless),
      );
      if (drained === undefined) continue;
      runs.get(contender)?.push(drained);
      process.stderr.write(`${round}: ${contender.title}: ${Math.round(count / drained.seconds)}/s\n`);
    }
  }

  const figures: Figures[] = [...runs]
    .filter(([, drained]) => drained.length > 0)
    .map(([contender, drained]) => figuresOf(contender, drained))
    .sort((one, other) => other.perSecond - one.perSecond);
  const table = markdownTable(figures.map(rowOf));
  process.stdout.write(`${table}\n`);
  if (values.only === "" && rounds >= 5 && messages >= 300_000 && latencyMs === 2) {
    await writeSection(
      "speed",
      `${machineLine(stage.postgresVersion)} ${notes.join(" ")}\n\n${table}\n\n${CHART}`,
    );
    await writeFile(fileURLToPath(new URL("./results.svg", import.meta.url)), chart(figures));
  }
} finally {
  await stage.stop();
}

/**
 * Runs once more what has stalled. The AWS SDK for Go now and then closes a connection while it reads an answer that came
 * faster than its own writer ended, and asks again: on SQS the page comes back when its lease ends; here it never does.
 */
async function repeated(
  title: string,
  notes: string[],
  run: () => Promise<Drained>,
): Promise<Drained | undefined> {
  for (let attempt = 1; attempt <= REPETITIONS; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof Stalled)) throw error;
      notes.push(`A run of ${title} does not count: ${error.message}.`);
      process.stderr.write(`${notes.at(-1)}\n`);
    }
  }
  return undefined;
}
