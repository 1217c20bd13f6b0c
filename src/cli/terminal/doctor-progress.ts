import ora from "ora";
import type { Style } from "./style.js";
import { columnsOf, type ProgressMode } from "./terminal.js";
import { truncate } from "./width.js";

interface DoctorProgressOptions {
  readonly mode: ProgressMode;
  /** Standard error. */
  readonly stream: NodeJS.WriteStream;
  readonly style: Style;
}

export interface DoctorProgress {
  /** The titles of the checks that are under way. */
  show(titles: readonly string[]): void;
  stop(): void;
}

/** The spinner and the space after it, and the last column, where some terminals wrap already. */
const SPINNER_CELLS = 3;

/** A line on a terminal that says what is being looked at; nothing elsewhere, since it takes seconds at most. */
export function createDoctorProgress({ mode, stream, style }: DoctorProgressOptions): DoctorProgress {
  if (mode !== "spinner") return { show: () => {}, stop: () => {} };
  const spinner = ora({
    stream,
    isEnabled: true,
    spinner: { interval: 100, frames: style.spinner.map((frame) => style.secondary(frame)) },
    color: false,
    // Ctrl-C must reach the process, and a process that is killed must not leave the terminal without a cursor.
    discardStdin: false,
    hideCursor: false,
  });
  return {
    show: (titles) => {
      // The command that gives the key may ask for something on this terminal.
      if (titles.length === 0 || titles.includes("masking key")) {
        spinner.stop();
        return;
      }
      spinner.text = truncate(
        `checking ${titles.join(", ")}`,
        columnsOf(stream) - SPINNER_CELLS,
        style.ellipsis,
      );
      if (!spinner.isSpinning) spinner.start();
    },
    stop: () => {
      spinner.stop();
    },
  };
}
