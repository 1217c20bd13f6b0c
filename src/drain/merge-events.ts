import type { DrainEvent, OnDrainEvent, Progress } from "./events.js";
import type { StoppedBecause } from "./report.js";

/** Turns what several runs on one queue tell into what one run would tell. */
export interface EventMerger {
  /** What the run with this number tells. */
  tell(index: number, event: DrainEvent): void;
  /** A run that has ended, with what it had not told: that it failed. */
  ended(index: number, isFailure: boolean): void;
  /** One line, unless it has been told. */
  notice(message: string): void;
}

export interface EventMergerOptions {
  readonly runs: number;
  /** As many messages as all together receive at most, if there is a limit. */
  readonly max: number | undefined;
  readonly onEvent: OnDrainEvent;
}

const NOTHING: Progress = {
  ...{ received: 0, loaded: 0, duplicates: 0, rejected: 0, released: 0, deleted: 0, pollers: 0 },
};

export function createEventMerger({ runs, max, onEvent }: EventMergerOptions): EventMerger {
  const latest = new Map<number, Progress>();
  const receiving = new Set(Array.from({ length: runs }, (_, index) => index));
  const notices = new Set<string>();
  let isStarted = false;
  let isStopping = false;

  const stopping = (because: StoppedBecause): void => {
    if (isStopping) return;
    isStopping = true;
    onEvent({ type: "stopping", because });
  };
  const notice = (message: string): void => {
    if (notices.has(message)) return;
    notices.add(message);
    onEvent({ type: "notice", message });
  };

  return {
    tell: (index, event) => {
      switch (event.type) {
        case "started":
          if (!isStarted) onEvent({ ...event, max });
          isStarted = true;
          return;
        case "progress":
          latest.set(index, event.progress);
          onEvent({ type: "progress", progress: [...latest.values()].reduce(sum, NOTHING) });
          return;
        case "stopping":
          receiving.delete(index);
          // One that finds nothing more has others beside it that may.
          if (receiving.size === 0 || endsAll(event.because)) stopping(event.because);
          return;
        case "notice":
          notice(event.message);
          return;
        default:
          onEvent(event);
      }
    },
    ended: (index, isFailure) => {
      receiving.delete(index);
      if (isFailure) stopping("error");
      const progress = latest.get(index);
      if (progress !== undefined) latest.set(index, { ...progress, pollers: 0 });
    },
    notice,
  };
}

/** Whether all of them end for this reason as soon as one does. */
function endsAll(because: StoppedBecause): boolean {
  return because !== "empty" && because !== "max";
}

function sum(one: Progress, other: Progress): Progress {
  return {
    received: one.received + other.received,
    loaded: one.loaded + other.loaded,
    duplicates: one.duplicates + other.duplicates,
    rejected: one.rejected + other.rejected,
    released: one.released + other.released,
    deleted: one.deleted + other.deleted,
    pollers: one.pollers + other.pollers,
  };
}
