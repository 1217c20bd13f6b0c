import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chart } from "./support/chart.js";
import { chosenContenders } from "./support/contenders.js";
import { PEER_VERSIONS } from "./support/install-peers.js";
import { chosenQueues, type QueueKind } from "./support/queues.js";
import { machineLine, markdownTable, writeSection } from "./support/results.js";
import { type ReadyContender, runInTurns } from "./support/run-in-turns.js";
import { rowOf } from "./support/speed-figures.js";
import { openStage } from "./support/stage.js";

/**
 * Drains the same backlog with sqs2pg and with what one would write or install in its place, in turns: on the canned
 * queue, and on the emulator that the tests use.
 *
 *     npm run bench -- [--queue canned|emulated] [--rounds 5] [--messages N] [--latency MS] [--only sqs2pg,sqs-consumer:4]
 *
 * Only what all contenders did, with at least five rounds and nothing else made smaller, is written into RESULTS.md.
 */
const { values } = parseArgs({
  options: {
    queue: { type: "string", default: "" },
    rounds: { type: "string", default: "5" },
    messages: { type: "string" },
    latency: { type: "string" },
    only: { type: "string", default: "" },
  },
});
const rounds = Number(values.rounds);
const isWhole =
  values.only === "" && rounds >= 5 && values.messages === undefined && values.latency === undefined;
const CHART = "![Messages a second and processor time a message](results.svg)";

const progress = (text: string): void => void process.stderr.write(`${text}\n`);
const leftOut: string[] = [];
const queues = chosenQueues(values.queue);
const ready = await prepared();
for (const queue of queues) await measureOn(queue);

async function prepared(): Promise<readonly ReadyContender[]> {
  const contenders: ReadyContender[] = [];
  for (const contender of chosenContenders(values.only)) {
    try {
      contenders.push({ contender, program: await contender.prepare(contender.copies) });
    } catch (error) {
      const [reason = ""] = String(error).split("\n");
      const text = `${contender.title} was left out: ${reason}`;
      leftOut.push(text);
      progress(text);
    }
  }
  return contenders;
}

async function measureOn(queue: QueueKind): Promise<void> {
  const latencyMs = Number(values.latency ?? queue.latencyMs);
  const calls = latencyMs === 0 ? "" : `; ${latencyMs} ms for each call`;
  const notes = [`Medians of ${rounds} rounds${calls}. Peers: ${PEER_VERSIONS}.`, ...leftOut];
  const stage = await openStage(queue.start);
  try {
    const figures = await runInTurns(stage, ready, {
      ...{ rounds, latencyMs, progress, messages: Number(values.messages ?? queue.messages) },
      note: (text) => {
        notes.push(text);
        progress(text);
      },
    });
    const table = markdownTable(figures.map(rowOf));
    process.stdout.write(`${queue.name}\n\n${table}\n\n`);
    if (!isWhole) return;
    const drawn = queue.isCharted ? `\n\n${CHART}` : "";
    await writeSection(
      queue.section,
      `${machineLine(stage.postgresVersion)} ${notes.join(" ")}\n\n${table}${drawn}`,
    );
    if (queue.isCharted) {
      await writeFile(fileURLToPath(new URL("./results.svg", import.meta.url)), chart(figures));
    }
  } finally {
    await stage.stop();
  }
}
