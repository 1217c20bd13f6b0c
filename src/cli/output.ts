import type { CommonFlags, Context } from "./context.js";
import { createLog, type Log } from "./log.js";
import { printableJson } from "./terminal/printable.js";
import { createStyle, type Style } from "./terminal/style.js";
import { type Terminal, terminalFor } from "./terminal/terminal.js";

/** A stream with what can be drawn on it. */
export interface Output {
  readonly stream: NodeJS.WriteStream;
  readonly terminal: Terminal;
  readonly style: Style;
}

export function outputFor(
  stream: NodeJS.WriteStream,
  flags: Pick<CommonFlags, "color">,
  env: Context["env"],
): Output {
  const terminal = terminalFor({ stream, env, noColorFlag: !flags.color });
  return { stream, terminal, style: createStyle(terminal) };
}

export function logFor(
  flags: Pick<CommonFlags, "color" | "logLevel">,
  { stderr, env }: Pick<Context, "stderr" | "env">,
): Log {
  const { stream, style } = outputFor(stderr, flags, env);
  return createLog({ level: flags.logLevel, style, write: (text) => stream.write(text) });
}

/** Standard output is the result: one JSON document with `--json`, else text for people. */
export function writeResult(
  result: unknown,
  render: (options: { readonly style: Style; readonly columns: number }) => string,
  flags: CommonFlags,
  context: Context,
): void {
  const { stream, style, terminal } = outputFor(context.stdout, flags, context.env);
  const { columns } = terminal;
  stream.write(flags.json === true ? jsonText(result, stream) : render({ style, columns }));
}

/** One document: indented for people, in one line for whatever reads lines, such as a log. */
export function jsonText(document: unknown, stream: NodeJS.WriteStream): string {
  return `${printableJson(JSON.stringify(document, null, stream.isTTY ? 2 : undefined))}\n`;
}
