import { createSpinner, SPINNER_CELLS } from "./spinner.js";
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

/** A line on a terminal that says what is being looked at; nothing elsewhere, since it takes seconds at most. */
export async function createDoctorProgress({
  mode,
  stream,
  style,
}: DoctorProgressOptions): Promise<DoctorProgress> {
  if (mode !== "spinner") return { show: () => {}, stop: () => {} };
  const spinner = await createSpinner({ stream, style });
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
