import { createInterface } from "node:readline/promises";
import { InterruptedError } from "../errors.js";
import { unlessStopped } from "../unless-stopped.js";
import type { Context } from "./context.js";

/** Whether there is somebody to ask: a terminal on both ends. */
export function canAsk({ stdin, stdout }: Pick<Context, "stdin" | "stdout">): boolean {
  return stdin.isTTY === true && stdout.isTTY === true;
}

/** Asks a question that is answered by yes or no; Enter means yes. Throws `InterruptedError` for a signal. */
export async function askYesNo(
  question: string,
  { stdin, stderr, signals }: Pick<Context, "stdin" | "stderr" | "signals">,
): Promise<boolean> {
  // No raw mode: Ctrl-C stays a signal, which everything else here understands.
  const reader = createInterface({ input: stdin, output: stderr, terminal: false });
  const closed = new Promise<string>((resolve) => reader.once("close", () => resolve("no")));
  try {
    const answering = Promise.race([reader.question(`${question} [Y/n] `), closed]);
    const answer = await unlessStopped(answering, signals.stop, "interrupted: nothing was written");
    return /^(?:y(?:es)?)?$/i.test(answer.trim());
  } catch (error) {
    // What comes next begins a line.
    if (error instanceof InterruptedError) stderr.write("\n");
    throw error;
  } finally {
    reader.close();
  }
}
