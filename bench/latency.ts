import { parseArgs } from "node:util";
import { SQS2PG } from "./support/contenders.js";
import { drainBacklog } from "./support/drain-backlog.js";
import { medianOf } from "./support/rates.js";
import { machineLine, markdownTable, writeSection } from "./support/results.js";
import { openStage, type Stage } from "./support/stage.js";

/**
 * How much of what its pollers could fetch a drain takes when every call to SQS takes a while, as over a network: so many
 * pollers bring ten messages each in the time of one receive, and no more.
 *
 * More pollers get more messages, so that each run takes about as long: its first second, in which Node compiles what it
 * runs, is slower than all others.
 *
 *     npm run bench:latency -- [--each 6250] [--latency 20] [--pollers 16,64] [--rounds 3]
 */
const { values } = parseArgs({
  options: {
    each: { type: "string", default: "6250" },
    latency: { type: "string", default: "20" },
    pollers: { type: "string", default: "16,64" },
    rounds: { type: "string", default: "3" },
  },
});
const each = Number(values.each);
const latencyMs = Number(values.latency);
const rounds = Number(values.rounds);

const stage = await openStage();
try {
  const receiveMs = await timeOfReceive(stage);
  const rows = [];
  for (const pollers of values.pollers.split(",").map(Number)) {
    const program = await SQS2PG.prepare(pollers);
    const count = pollers * each;
    const rates: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const { secondsReceiving } = await drainBacklog(stage, program, { count, latencyMs });
      rates.push(count / secondsReceiving);
    }
    const most = (pollers * 10 * 1_000) / receiveMs;
    rows.push({
      pollers,
      messages: count.toLocaleString("en-US"),
      "one receive, ms": Math.round(receiveMs * 10) / 10,
      "at most, messages/s": Math.round(most),
      "messages/s": Math.round(medianOf(rates)),
      "share, %": Math.round((100 * medianOf(rates)) / most),
    });
  }
  const table = markdownTable(rows);
  process.stdout.write(`${table}\n`);
  if (each >= 6_250 && rounds >= 3) {
    const notes = `${latencyMs} ms added to every call, medians of ${rounds} rounds.`;
    await writeSection("latency", `${machineLine(stage.postgresVersion)} ${notes}\n\n${table}`);
  }
} finally {
  await stage.stop();
}

/** Of a full page, by nothing but an HTTP client. */
async function timeOfReceive({ sqs }: Stage): Promise<number> {
  await sqs.reset({ count: 1_000, latencyMs });
  const times: number[] = [];
  for (let call = 0; call < 30; call += 1) {
    const startedMs = performance.now();
    const response = await fetch(sqs.endpoint, {
      method: "POST",
      headers: { "x-amz-target": "AmazonSQS.ReceiveMessage" },
      body: JSON.stringify({ MaxNumberOfMessages: 10, AttributeNames: ["All"] }),
    });
    await response.arrayBuffer();
    times.push(performance.now() - startedMs);
  }
  return medianOf(times);
}
