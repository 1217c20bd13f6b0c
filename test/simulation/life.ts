import type { Clock } from "../../src/clock.js";

/** A process: what it waits for comes no more once it is dead. */
export interface Life {
  /** Its clock: its timers die with it. */
  readonly clock: Clock;
  /** What it asks the world: the world goes on with it, whoever asked. */
  ask<Answer>(work: () => Promise<Answer>): Promise<Answer>;
  /** SIGKILL. */
  die(): void;
  isDead(): boolean;
  /** Timers that it has set. */
  pending(): number;
}

const LONGEST_TURN_MS = 10;

export function createLife(world: Clock): Life {
  const timers = new Set<() => void>();
  let dead = false;

  const after: Clock["after"] = (delayMs, action) => {
    if (dead) return () => {};
    const cancel = (): void => {
      cancelTimer();
      timers.delete(cancel);
    };
    const cancelTimer = world.after(delayMs, () => {
      timers.delete(cancel);
      action();
    });
    timers.add(cancel);
    return cancel;
  };

  return {
    clock: {
      now: world.now,
      random: world.random,
      // A turn that has much to do takes a while: whatever may happen meanwhile does.
      turn: () => new Promise((resolve) => after(world.random() * LONGEST_TURN_MS, resolve)),
      after,
    },
    ask: (work) =>
      new Promise((resolve, reject) => {
        if (dead) return;
        work().then(
          (answer) => {
            if (!dead) resolve(answer);
          },
          (error: unknown) => {
            if (!dead) reject(error);
          },
        );
      }),
    die: () => {
      dead = true;
      for (const cancel of [...timers]) cancel();
    },
    isDead: () => dead,
    pending: () => timers.size,
  };
}
