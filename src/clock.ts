/**
 * Time and chance, passed in wherever they are used, so that a test can put its own in their place.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `action` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, action: () => void): () => void;
  /** Resolves at the end of the event loop's turn: what was to be sent in it is on its way then. */
  turn(): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
}

/**
 * The machine's own clock. It goes on evenly when somebody sets the wall clock in the middle of a run: leases and
 * retries are measured with it. Its timers keep the process alive: whoever sets one cancels it. */
export const systemClock: Clock = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
  turn: () => new Promise((resolve) => setImmediate(resolve)),
  random: () => Math.random(),
};

/** Resolves after `delayMs`, or as soon as `signal` aborts; it never rejects: look at the signal afterwards. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(delayMs, done);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** What `work` resolves to, or undefined when that takes longer than `limitMs`: then it goes on, and nobody waits for it. */
export async function within<Result>(
  clock: Clock,
  limitMs: number,
  work: Promise<Result>,
): Promise<Result | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([work, sleep(clock, limitMs, over.signal).then(() => undefined)]);
  } finally {
    over.abort();
  }
}
