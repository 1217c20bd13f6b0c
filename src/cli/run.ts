import { CommanderError } from "commander";
import {
  ConfigError,
  type ConfigProblem,
  DatabaseError,
  type DatabaseProblem,
  Sqs2pgError,
} from "../errors.js";
import { redact } from "../redact.js";
import { argumentsError } from "./arguments-error.js";
import { refuseNodeDebug } from "./closed-doors.js";
import type { Context } from "./context.js";
import { EXIT, exitCodeOfError } from "./exit-code.js";
import { LOG_LEVELS, type Log, type LogLevel } from "./log.js";
import { jsonText, logFor } from "./output.js";
import { createProgram } from "./program.js";

export interface Ending {
  readonly exitCode: number;
  /** False: it was ended by an error. */
  readonly isDone: boolean;
}

/** Carries a command line out, and says what ended it. Never rejects. */
export async function run(argv: readonly string[], context: Context): Promise<Ending> {
  let exitCode: number = EXIT.done;
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  try {
    refuseNodeDebug(context.env);
    await program.parseAsync([...argv]);
    return { exitCode, isDone: exitCode === EXIT.done || exitCode === EXIT.rejects };
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      return { exitCode: EXIT.done, isDone: true };
    }
    const known = error instanceof CommanderError ? argumentsError(error, program, argv) : error;
    // Without a command the help has been printed, which says it all.
    if (!(error instanceof CommanderError && error.code === "commander.help"))
      logOf(argv, context).thrown(known);
    if (argv.includes("--json")) writeErrorDocument(known, context);
    return { exitCode: exitCodeOfError(known, context.signals), isDone: false };
  }
}

/** What is to be said may be about the flags themselves, so they are looked up in the arguments as they are. */
export function logOf(argv: readonly string[], streams: Pick<Context, "stderr" | "env">): Log {
  return logFor({ color: !argv.includes("--no-color"), logLevel: logLevelIn(argv) }, streams);
}

function writeErrorDocument(error: unknown, { stdout }: Context): void {
  const { kind, code, message } =
    error instanceof Sqs2pgError
      ? error
      : { kind: "failed", code: "internal", message: "an unexpected error" };
  const document = { kind, code, message: redact(message), ...problemsDocument(error) };
  stdout.write(jsonText({ error: document }, stdout));
}

/** Where there can be several of them. */
function problemsDocument(error: unknown): { readonly problems?: readonly object[] } {
  if (error instanceof ConfigError) return { problems: error.problems.map(problemDocument) };
  if (!(error instanceof DatabaseError) || error.problems.length === 0) return {};
  return { problems: error.problems.map(tableProblemDocument) };
}

function tableProblemDocument({ message, ...where }: DatabaseProblem): object {
  return { ...where, message: redact(message) };
}

function problemDocument({ place, path, message }: ConfigProblem): object {
  return { ...place, path: redact(path), message: redact(message) };
}

function logLevelIn(argv: readonly string[]): LogLevel {
  const index = argv.findIndex((word) => word.startsWith("--log-level"));
  const given = argv[index]?.split("=")[1] ?? argv[index + 1];
  return LOG_LEVELS.find((level) => index >= 0 && level === given) ?? "warn";
}
