import type { Clock } from "../../clock.js";
import type { OnDrainEvent } from "../../drain/events.js";
import type { StoppedBecause } from "../../drain/report.js";
import { progressLine } from "./progress-line.js";
import { createProgressState } from "./progress-state.js";
import { createSpinner, SPINNER_CELLS } from "./spinner.js";
import type { Style } from "./style.js";
import { columnsOf, type ProgressMode } from "./terminal.js";

interface ProgressOptions {
  readonly mode: ProgressMode;
  /** Where to draw: standard error. Its width is looked up anew for every line; a log has none. */
  readonly stream: NodeJS.WriteStream;
  readonly clock: Clock;
  readonly style: Style;
}

export interface ProgressDisplay {
  readonly onEvent: OnDrainEvent;
  /** Removes what was drawn over itself, and every timer. Harmless when called twice. */
  stop(): void;
}

const SPINNER_REFRESH_MS = 250;
const LINE_EVERY_MS = 5_000;

/** Draws a drain's events: one line that is drawn over itself, a plain line every five seconds, or nothing at all. */
export async function createProgress(options: ProgressOptions): Promise<ProgressDisplay> {
  if (options.mode === "silent") return { onEvent: () => {}, stop: () => {} };
  return options.mode === "spinner" ? spinnerProgress(options) : lineProgress(options);
}

async function spinnerProgress({ stream, clock, style }: ProgressOptions): Promise<ProgressDisplay> {
  const state = createProgressState();
  const spinner = await createSpinner({ stream, style });
  const draw = (): void => {
    const view = state.view(clock.now());
    if (view === undefined) return;
    spinner.text = progressLine(view, style, columnsOf(stream) - SPINNER_CELLS);
    if (!spinner.isSpinning) spinner.start();
  };
  const ticker = createTicker(clock, SPINNER_REFRESH_MS, draw);
  return {
    onEvent: (event) => {
      state.apply(event, clock.now());
      if (ticker.start()) draw();
    },
    stop: () => {
      ticker.stop();
      if (spinner.isSpinning) spinner.stop();
    },
  };
}

function lineProgress({ stream, clock, style }: ProgressOptions): ProgressDisplay {
  const state = createProgressState();
  let lastWrittenMs = Number.NEGATIVE_INFINITY;
  let toldOfStopping = false;
  const write = (): void => {
    const nowMs = clock.now();
    const view = state.view(nowMs);
    if (view === undefined) return;
    lastWrittenMs = nowMs;
    stream.write(`${progressLine(view, style, columnsOf(stream))}\n`);
  };
  const ticker = createTicker(clock, LINE_EVERY_MS, write);
  return {
    onEvent: (event) => {
      const nowMs = clock.now();
      state.apply(event, nowMs);
      ticker.start();
      const isNews =
        (event.type === "stopping" && !toldOfStopping && wantsTelling(event.because)) ||
        (event.type === "retry" &&
          state.view(nowMs)?.state?.trouble === true &&
          nowMs - lastWrittenMs >= LINE_EVERY_MS);
      if (event.type === "stopping") toldOfStopping = true;
      if (isNews) write();
    },
    stop: ticker.stop,
  };
}

/** In a log, a run that comes to its natural end has nothing to say: the report follows. */
function wantsTelling(because: StoppedBecause): boolean {
  return because !== "empty" && because !== "max";
}

interface Ticker {
  /** False when it runs already, or has been stopped for good. */
  start(): boolean;
  stop(): void;
}

function createTicker(clock: Clock, everyMs: number, action: () => void): Ticker {
  let cancel: (() => void) | undefined;
  let isStopped = false;
  const tick = (): void => {
    action();
    cancel = clock.after(everyMs, tick);
  };
  return {
    start: () => {
      if (cancel !== undefined || isStopped) return false;
      cancel = clock.after(everyMs, tick);
      return true;
    },
    stop: () => {
      isStopped = true;
      cancel?.();
    },
  };
}
