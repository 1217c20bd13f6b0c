import { createInterface } from "node:readline/promises";
import { InterruptedError } from "../errors.js";
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
  const reader = createInterface({ input: stdin, output: stderr });
  // Ctrl-C reaches the reader as a key, since it has the terminal in raw mode.
  const interrupted = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(new InterruptedError("interrupted: nothing was written"));
    reader.once("SIGINT", stop);
    signals.stop.addEventListener("abort", stop, { once: true });
  });
  const closed = new Promise<string>((resolve) => reader.once("close", () => resolve("no")));
  try {
    const answer = await Promise.race([reader.question(`${question} [Y/n] `), closed, interrupted]);
    return /^(?:y(?:es)?)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
