import { sleep, systemClock } from "../clock.js";
import { closeDoors } from "./closed-doors.js";
import { EXIT } from "./exit-code.js";
import { nameNode } from "./navigator.js";
import { logOf, run } from "./run.js";
import { listenForSignals } from "./signals.js";

/** A reader that does not read any more is not waited for. */
const LONGEST_FLUSH_MS = 10_000;

/** Runs the command line and sets the process's exit code: nothing else does. */
export async function main(argv: readonly string[]): Promise<void> {
  closeDoors(process);
  nameNode();
  // Whoever read our output may have gone, and a disk may be full: no reason to leave messages in doubt.
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // EIO is a terminal that has gone; of a file it is a disk that fails.
    const isReaderGone = error.code === "EPIPE" || (error.code === "EIO" && process.stdout.isTTY);
    if (isReaderGone || process.exitCode === EXIT.failed) return;
    process.exitCode = EXIT.failed;
    const code = error.code === undefined ? "" : ` (${error.code})`;
    logOf(argv, process).error(`standard output cannot be written${code}: the result is not all there`);
  });
  // Node would print the error with all its fields, and a driver's holds values.
  process.on("uncaughtException", (error) => {
    logOf(argv, process).thrown(error);
    process.exit(EXIT.failed);
  });
  const signals = listenForSignals(process);
  const { exitCode, isDone } = await run(argv, {
    env: process.env,
    cwd: process.cwd(),
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    signals,
  });
  process.exitCode ??= exitCode;
  // After a signal or an error there may be work under way, such as a call without an answer, that nobody waits for.
  if (signals.stop.aborted || !isDone) {
    await Promise.race([flushed(), sleep(systemClock, LONGEST_FLUSH_MS)]);
    process.exit();
  }
}

/** What is written to a pipe is on its way only: an exit would cut it off. */
async function flushed(): Promise<void> {
  const streams = [process.stdout, process.stderr];
  await Promise.all(
    streams.map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))),
  );
}
