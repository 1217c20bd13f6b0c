import { CommanderError } from "commander";
import { sleep, systemClock } from "../clock.js";
import { Sqs2pgError, UsageError } from "../errors.js";
import type { Signals } from "./context.js";
import { EXIT, exitCodeOfError } from "./exit-code.js";
import { LOG_LEVELS, type Log, type LogLevel } from "./log.js";
import { jsonText, logFor } from "./output.js";
import { createProgram } from "./program.js";
import { redact } from "./redact.js";
import { listenForSignals } from "./signals.js";

/** A reader that does not read any more is not waited for. */
const LONGEST_FLUSH_MS = 10_000;

/** Runs the command line and sets the process's exit code: nothing else does. */
export async function main(argv: readonly string[]): Promise<void> {
  // Whoever read our output may have gone, and a disk may be full: no reason to leave messages in doubt.
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // EIO is a terminal that has gone; of a file it is a disk that fails.
    const isReaderGone = error.code === "EPIPE" || (error.code === "EIO" && process.stdout.isTTY);
    if (isReaderGone || process.exitCode === EXIT.failed) return;
    process.exitCode = EXIT.failed;
    const code = error.code === undefined ? "" : ` (${error.code})`;
    logOf(argv).error(`standard output cannot be written${code}: the result is not all there`);
  });
  const signals = listenForSignals(process);
  const { exitCode, isDone } = await run(argv, signals);
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

interface Ending {
  readonly exitCode: number;
  /** False: it was ended by an error. */
  readonly isDone: boolean;
}

async function run(argv: readonly string[], signals: Signals): Promise<Ending> {
  const context = {
    env: process.env,
    cwd: process.cwd(),
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    signals,
  };
  let exitCode: number = EXIT.done;
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv]);
    return { exitCode, isDone: exitCode === EXIT.done || exitCode === EXIT.rejects };
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      return { exitCode: EXIT.done, isDone: true };
    }
    const known = error instanceof CommanderError ? usageErrorOf(error) : error;
    // Without a command the help has been printed, which says it all.
    if (!(error instanceof CommanderError && error.code === "commander.help")) logOf(argv).thrown(known);
    if (argv.includes("--json")) writeErrorDocument(known);
    return { exitCode: exitCodeOfError(known, signals), isDone: false };
  }
}

/** Commander's words in one line: its suggestion stands in a line of its own. */
function usageErrorOf(error: CommanderError): UsageError {
  const [first = "", suggestion = "see sqs2pg --help"] = error.message.replace(/^error: /, "").split("\n");
  // A value behind a misspelt flag may be a secret; so may a long word in the place of a command.
  const said = first.replace(/=[^']*/, "=...").replace(/[^\s']{40,}/g, "...");
  const remedy = suggestion.replace(/^\(D(.*)\)$/, "d$1");
  return new UsageError("arguments_invalid", `${said.replace(/\.$/, "")}: ${remedy}`, { cause: error });
}

/** What is to be said may be about the flags themselves, so they are looked up in the arguments as they are. */
function logOf(argv: readonly string[]): Log {
  return logFor({ color: !argv.includes("--no-color"), logLevel: logLevelIn(argv) }, process);
}

function writeErrorDocument(error: unknown): void {
  const { kind, code, message } =
    error instanceof Sqs2pgError
      ? error
      : { kind: "failed", code: "internal", message: "an unexpected error" };
  process.stdout.write(jsonText({ error: { kind, code, message: redact(message) } }, process.stdout));
}

function logLevelIn(argv: readonly string[]): LogLevel {
  const index = argv.findIndex((word) => word.startsWith("--log-level"));
  const given = argv[index]?.split("=")[1] ?? argv[index + 1];
  return LOG_LEVELS.find((level) => index >= 0 && level === given) ?? "warn";
}
