import type { Clock } from "../clock.js";
import type { SettingFlags } from "../config/resolve.js";
import type { Log, LogLevel } from "./log.js";

/** The process around a command, passed in so that commands touch nothing global. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Opened when it is first asked for. */
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly clock: Clock;
  readonly signals: Signals;
}

/** SIGINT, SIGTERM and SIGHUP as abort signals. */
export interface Signals {
  /** Aborted by the first signal: stop cleanly. */
  readonly stop: AbortSignal;
  /** Aborted by the second one: end at once. */
  readonly kill: AbortSignal;
  /** 128 and the number of the first signal, once there was one. */
  exitCode(): number | undefined;
}

/** The flags that the commands share. */
export interface CommonFlags extends SettingFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly logLevel: LogLevel;
  /** False with `--no-color`. */
  readonly color: boolean;
}

/** What a command gets to work with. */
export interface CommandInput<Flags> {
  readonly flags: Flags;
  readonly context: Context;
  readonly log: Log;
}

/** Answers the exit code. Throws `Sqs2pgError`. */
export type Command<Flags> = (input: CommandInput<Flags>) => Promise<number>;
