import type { Clock } from "../../src/clock.js";
import { seededRandom } from "./seeded-random.js";
import { createTimers, type Timer } from "./timers.js";

/** Beyond this a run is taken for one that never ends. */
const LONGEST_RUN_MS = 30 * 60 * 60 * 1000;

/** A clock whose time passes only when it is told to, and whose chance comes from a seed: the same run every time. */
export interface VirtualClock extends Clock {
  /** Timers that are set. */
  pending(): number;
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>;
  /** Lets `durationMs` pass, timer by timer. */
  advance(durationMs: number): Promise<void>;
  /** Lets time pass until `work` has ended; throws when it waits for something that cannot come any more. */
  run<Result>(work: Promise<Result>): Promise<Result>;
}

export function createVirtualClock({ seed = 1 }: { readonly seed?: number } = {}): VirtualClock {
  const random = seededRandom(seed);
  const timers = createTimers();
  let nowMs = Date.UTC(2026, 0, 1);

  const fire = (timer: Timer): void => {
    timers.shift();
    nowMs = timer.atMs;
    timer.action();
  };

  // Nothing but promises happens between two timers, and an immediate waits until all of them have.
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  return {
    now: () => nowMs,
    random,
    turn: () => new Promise((resolve) => timers.add(nowMs, resolve)),
    after: (delayMs, action) => timers.add(nowMs + Math.max(0, delayMs), action),
    pending: timers.size,
    settle,
    advance: async (durationMs) => {
      const untilMs = nowMs + durationMs;
      await settle();
      for (
        let timer = timers.earliest();
        timer !== undefined && timer.atMs <= untilMs;
        timer = timers.earliest()
      ) {
        fire(timer);
        await settle();
      }
      nowMs = untilMs;
    },
    run: async (work) => {
      const untilMs = nowMs + LONGEST_RUN_MS;
      let ended = false;
      const end = (): void => {
        ended = true;
      };
      work.then(end, end);
      for (await settle(); !ended; await settle()) {
        const timer = timers.earliest();
        if (timer === undefined) throw new Error("stuck: it waits, and no timer is set");
        if (timer.atMs > untilMs)
          throw new Error("stuck: timers are set again and again, and it does not end");
        fire(timer);
      }
      return work;
    },
  };
}
