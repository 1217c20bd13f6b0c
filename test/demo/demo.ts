import { ArgumentError, demoOptions, HELP } from "./arguments.js";
import { Interrupted, watchSignals } from "./interruption.js";
import { type Say, sayTo } from "./say.js";
import { startServers } from "./servers.js";
import { DemoFailed, keepOpen, story } from "./story.js";

process.exitCode = await main(process.argv.slice(2), sayTo(process.stdout));

/** Resolves to the exit code once everything that was started is gone. */
async function main(args: readonly string[], say: Say): Promise<number> {
  try {
    const options = demoOptions(args);
    if (options.help) say.text(HELP);
    else await play(options, say);
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) {
      say.note(`Stopped; both servers and their folder are gone.`);
      return error.exitCode;
    }
    if (!(error instanceof ArgumentError) && !(error instanceof DemoFailed)) throw error;
    process.stderr.write(`demo: ${error.message}\n`);
    return error instanceof ArgumentError ? 2 : 1;
  }
}

async function play({ messages, keep }: ReturnType<typeof demoOptions>, say: Say): Promise<void> {
  const interruption = watchSignals();
  say.note("Starting PostgreSQL 18 and an SQS server, both on 127.0.0.1 ...");
  const servers = await startServers();
  try {
    interruption.signal.throwIfAborted();
    await story({ servers, messages, interruption, say });
    if (keep) await keepOpen({ servers, messages, interruption, say });
  } finally {
    await servers.stop();
  }
}
