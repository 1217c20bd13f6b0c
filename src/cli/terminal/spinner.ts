import type { Ora } from "ora";
import type { Style } from "./style.js";

interface SpinnerOptions {
  /** Standard error. */
  readonly stream: NodeJS.WriteStream;
  readonly style: Style;
}

/**
 * The spinner and the space after it; the last column, where some terminals wrap already; and the terminal's own `^C` twice,
 * behind which the line would go on in a second one, and the first would stay.
 */
export const SPINNER_CELLS: number = 2 + 1 + 4;

const FRAME_MS = 100;

/** A spinner that is not drawn yet. Ora is imported here: its start takes as long as Node's own, and most runs are no one's to watch. */
export async function createSpinner({ stream, style }: SpinnerOptions): Promise<Ora> {
  const { default: ora } = await import("ora");
  return ora({
    stream,
    isEnabled: true,
    spinner: { interval: FRAME_MS, frames: style.spinner.map((frame) => style.secondary(frame)) },
    color: false,
    // Ctrl-C must reach the process, and a process that is killed must not leave the terminal without a cursor.
    discardStdin: false,
    hideCursor: false,
  });
}
