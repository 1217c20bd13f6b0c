import type { Clock } from "../../../src/clock.js";

/** Waiting that ends early when something has changed. */
export interface Wakeable {
  wait(delayMs: number, signal?: AbortSignal): Promise<void>;
  wake(): void;
}

export function wakeable(clock: Clock): Wakeable {
  const waiting = new Set<() => void>();
  return {
    wait: (delayMs, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          cancel();
          waiting.delete(done);
          signal?.removeEventListener("abort", done);
          resolve();
        };
        const cancel = clock.after(delayMs, done);
        waiting.add(done);
        signal?.addEventListener("abort", done, { once: true });
      }),
    wake: () => {
      for (const done of [...waiting]) done();
    },
  };
}
