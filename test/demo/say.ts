import { createStyle, type Style } from "../../src/cli/terminal/style.js";
import { columnsOf, terminalFor } from "../../src/cli/terminal/terminal.js";
import { wrap } from "../../src/cli/terminal/width.js";

/** How the demo speaks: one voice for what it says itself and one for what it runs. */
export interface Say {
  readonly style: Style;
  readonly columns: number;
  /** A remark between the commands, broken into lines that fit. */
  note(remark: string): void;
  /** A command that is about to run. */
  command(line: string): void;
  lines(lines: readonly string[]): void;
  text(text: string): void;
}

export function sayTo(stream: NodeJS.WriteStream): Say {
  const style = createStyle(terminalFor({ stream, env: process.env, noColorFlag: false }));
  const lines = (all: readonly string[]): void => {
    for (const line of all) stream.write(`${line}\n`);
  };
  return {
    style,
    get columns() {
      return columnsOf(stream, process.env);
    },
    note: (remark) => lines(["", ...wrap(remark, columnsOf(stream, process.env)).map(style.secondary)]),
    command: (line) => lines(["", style.strong(`$ ${line}`)]),
    lines,
    text: (text) => {
      stream.write(text);
    },
  };
}
