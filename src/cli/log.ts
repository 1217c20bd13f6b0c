import { Sqs2pgError } from "../errors.js";
import { redact } from "../redact.js";
import { renderError } from "./terminal/error-line.js";
import { printable } from "./terminal/printable.js";
import type { Style } from "./terminal/style.js";

export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Lines on standard error, each at a level. */
export interface Log {
  /** What ended the command. */
  error(message: string): void;
  /** The same for something thrown: at `debug` with where it comes from. */
  thrown(error: unknown): void;
  /** Where an error comes from, without what foreign ones say: they may quote values. */
  trace(error: unknown): void;
  warn(message: string): void;
  info(message: string): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly style: Style;
  readonly write: (text: string) => void;
}

export function createLog({ level, style, write: writeText }: LogOptions): Log {
  const write = (text: string): void => writeText(redact(text));
  const shows = (wanted: LogLevel): boolean => LOG_LEVELS.indexOf(wanted) <= LOG_LEVELS.indexOf(level);
  const line = (wanted: LogLevel, message: string, prefix = ""): void => {
    if (shows(wanted)) write(`${prefix}${printable(message)}\n`);
  };

  const error = (message: string): void => {
    write(`${style.failure("sqs2pg:")} ${printable(message)}\n`);
  };
  const trace = (thrown: unknown): void => {
    if (shows("debug")) write(traceOf(thrown));
  };

  return {
    error,
    thrown: (thrown) => {
      if (thrown instanceof Sqs2pgError) write(renderError(thrown, { style }));
      else error("an unexpected error: run with --log-level debug to see where");
      trace(thrown);
    },
    trace,
    warn: (message) => line("warn", message, `${style.attention("warning:")} `),
    info: (message) => line("info", message),
  };
}

/**
 * Where an error and its causes come from: classes, codes and stack frames. The messages of foreign errors are left
 * out, since drivers and parsers quote values in them.
 */
function traceOf(error: unknown): string {
  const lines: string[] = [];
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const code = "code" in cause && typeof cause.code === "string" ? ` (${cause.code})` : "";
    lines.push(`${depth === 0 ? "" : "caused by "}${cause.constructor.name}${code}`);
    lines.push(...framesOf(cause));
  }
  return lines.map((text) => `${printable(text)}\n`).join("");
}

/** A stack begins with the error's name and message, and a message can look like frames. */
function framesOf({ stack = "", name, message }: Error): string[] {
  const head = [`${name}: ${message}`, message].find((text) => text !== "" && stack.startsWith(text)) ?? "";
  const frames = message === "" || head !== "" ? stack.slice(head.length) : "";
  return frames.split("\n").filter((text) => /^ {4}at /.test(text));
}
