import { formatCount, plural } from "../../src/cli/terminal/format.js";
import { wrap } from "../../src/cli/terminal/width.js";
import { BIN } from "../support/cli.js";
import { type Filled, fill } from "./fill.js";
import type { Interruption } from "./interruption.js";
import { runCommand } from "./run-command.js";
import type { Say } from "./say.js";
import type { DemoServers } from "./servers.js";
import { countTables, tablesAsLines } from "./show.js";

interface Play {
  readonly servers: DemoServers;
  readonly messages: number;
  readonly interruption: Interruption;
  readonly say: Say;
}

/** Something did not come out as it must; the message is one line. */
export class DemoFailed extends Error {
  override readonly name = "DemoFailed";
}

const REDELIVERED = 25;

/** The demo from the first message to the last row. */
export async function story(play: Play): Promise<void> {
  const { servers, messages, interruption, say } = play;
  const { signal } = interruption;
  const filled = await fill(servers.queue, { count: messages, seed: 1, sampleSize: REDELIVERED, signal });
  say.note(
    `login-queue holds ${plural(messages, "message")}: ${formatCount(filled.logins)} logins and ${formatCount(filled.foreign)} that are something else. The commands below run with this environment:`,
  );
  say.lines(["", ...exportLines(servers.environment)]);

  await run(play, "migrate");
  await run(play, "peek --max 5");
  await drain(play, filled);

  servers.queue.deliverAgain(filled.sample);
  say.note(
    `SQS delivers at least once. So ${plural(filled.sample.length, "message")} that ${filled.sample.length === 1 ? "was" : "were"} loaded and deleted ${filled.sample.length === 1 ? "is" : "are"} now delivered again, under the same message id:`,
  );
  await drain(play, filled);

  say.lines(await tablesAsLines(servers.databaseUrl, say.style, say.columns));
  await proveTotals(play, filled);
}

async function run({ servers, interruption, say }: Play, line: string): Promise<number> {
  say.command(`sqs2pg ${line}`);
  return await runCommand(line.split(" "), servers.environment, interruption).then((exitCode) => {
    if (exitCode !== 0 && exitCode !== 3) {
      throw new DemoFailed(`sqs2pg ${line} ended with exit code ${exitCode}`);
    }
    return exitCode;
  });
}

async function drain(play: Play, { foreign }: Filled): Promise<void> {
  const exitCode = await run(play, "drain");
  if (exitCode !== 3) return;
  play.say.note(
    `Exit code 3: done, but with rejects, so that cron tells somebody. They stay on the queue for its dead-letter queue; drain --max-rejects ${foreign} would have ended in 0.`,
  );
}

/** The demo's own claim, checked: every login is one row, and every other message one reject. */
async function proveTotals({ servers, say, messages }: Play, { logins, foreign }: Filled): Promise<void> {
  const { rows, rejects } = await countTables(servers.databaseUrl);
  const sum = `${plural(messages, "message")} sent = ${plural(rows, "row")} + ${plural(rejects, "reject")}`;
  if (rows !== logins || rejects !== foreign) {
    throw new DemoFailed(
      `${sum}, but ${formatCount(logins)} rows and ${formatCount(foreign)} rejects are right`,
    );
  }
  say.lines(["", ...wrap(`${sum}: nothing lost, nothing twice.`, say.columns).map(say.style.success)]);
}

/** Fills the queue anew and waits for a signal, with all that is needed to play with both servers. */
export async function keepOpen({ servers, messages, interruption, say }: Play): Promise<void> {
  const { signal } = interruption;
  await fill(servers.queue, { count: messages, seed: 2, sampleSize: 0, signal });
  say.note(`login-queue holds ${plural(messages, "new message")}. In another terminal:`);
  say.lines([
    "",
    ...exportLines(servers.environment),
    `alias sqs2pg="node '${BIN}'"`,
    "sqs2pg drain",
    'psql "$DATABASE_URL" -c "select * from user_logins limit 5"',
  ]);
  say.note(
    "SQS2PG_QUEUE goes before the queue of every config file: unset it to try a file of your own, or give --queue.",
  );
  say.note("Both servers stay up until Ctrl-C.");
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function exportLines(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(([name, value]) => `export ${name}='${value}'`);
}
