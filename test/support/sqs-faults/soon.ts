import type { CliResult, RunningCli } from "../cli.js";

/** Less than one of the SDK's timeouts, which are thirty seconds. */
const SOON_MS = 25_000;

/** The end of a command that is not to wait for an answer that does not come: it is killed when it does. */
export async function soon(running: RunningCli): Promise<CliResult> {
  const timer = setTimeout(() => running.signal("SIGKILL"), SOON_MS);
  try {
    const result = await running.result;
    if (result.signal !== undefined) throw new Error(`sqs2pg goes on: ${result.stderr}`);
    return result;
  } finally {
    clearTimeout(timer);
  }
}
