/**
 * What payloads and rows take besides the bodies that were received. An object of S3 says its size before it is read, so
 * that is reserved; what a body becomes when it is inflated, or how many rows it makes, is known only when it is there,
 * so the next one waits until there is room again.
 *
 * Nobody waits for another who waits: whoever waits to reserve has nothing, and whoever has something waits only for what
 * is in hand behind it, which goes on by itself.
 */
export interface PayloadBudget {
  /** Whether `enter` would not wait. */
  hasRoom(): boolean;
  /**
   * Runs `action`, which may add what it makes, as soon as there is room besides `own`, what is reserved for it. One after
   * the other: each sees what those before it have added. False, without running it: the budget was closed.
   */
  enter(action: () => void, own?: number): Promise<boolean>;
  /**
   * Takes so much as soon as it is free, in the order of asking; what is more than the whole budget has to itself. False,
   * with nothing taken: the signal aborted, or the budget was closed.
   */
  reserve(bytes: number, signal: AbortSignal): Promise<boolean>;
  add(bytes: number): void;
  free(bytes: number): void;
  /** Ends all waiting: from here on there is room at once, or none. */
  close(): void;
}

interface Waiter {
  readonly fits: () => boolean;
  readonly end: (granted: boolean) => void;
}

export function createPayloadBudget(maxBytes: number): PayloadBudget {
  const inOrder: Waiter[] = [];
  /** They hold what others wait for, so they wait behind nobody. */
  const holders: Waiter[] = [];
  let used = 0;
  let closed = false;

  const serve = (): void => {
    for (let next = takeNext(); next !== undefined; next = takeNext()) next.end(true);
  };
  const takeNext = (): Waiter | undefined => {
    const index = holders.findIndex(({ fits }) => fits());
    if (index >= 0) return holders.splice(index, 1)[0];
    return inOrder[0]?.fits() === true ? inOrder.shift() : undefined;
  };
  const ask = (line: Waiter[], waiter: Waiter, signal?: AbortSignal): void => {
    const isNext = (line === holders || inOrder.length === 0) && waiter.fits();
    if (isNext || closed || signal?.aborted) {
      waiter.end(isNext && !signal?.aborted);
      return;
    }
    const leave = (): void => {
      line.splice(line.indexOf(waiting), 1);
      waiter.end(false);
      serve();
    };
    const waiting: Waiter = {
      fits: waiter.fits,
      end: (granted) => {
        signal?.removeEventListener("abort", leave);
        waiter.end(granted);
      },
    };
    line.push(waiting);
    signal?.addEventListener("abort", leave, { once: true });
  };

  return {
    hasRoom: () => inOrder.length === 0 && used < maxBytes,
    enter: (action, own = 0) =>
      new Promise((resolve, reject) => {
        const end = (granted: boolean): void => {
          try {
            if (granted) action();
            resolve(granted);
          } catch (error) {
            reject(error);
          }
        };
        ask(own > 0 ? holders : inOrder, { fits: () => used - own < maxBytes, end });
      }),
    reserve: (bytes, signal) =>
      new Promise((resolve) => {
        const end = (granted: boolean): void => {
          if (granted) used += bytes;
          resolve(granted);
        };
        ask(inOrder, { fits: () => used === 0 || used + bytes <= maxBytes, end }, signal);
      }),
    add: (bytes) => {
      used += bytes;
    },
    free: (bytes) => {
      used -= bytes;
      serve();
    },
    close: () => {
      closed = true;
      for (const waiter of [...holders.splice(0), ...inOrder.splice(0)]) waiter.end(false);
    },
  };
}

/** What one payload has reserved: asked again, it is in place of what was given before. */
export function createReservation(
  budget: Pick<PayloadBudget, "free" | "reserve">,
  signal: AbortSignal,
): { readonly reserve: (bytes: number) => Promise<boolean>; readonly free: () => void } {
  let held = 0;
  const free = (): void => {
    const bytes = held;
    held = 0;
    if (bytes > 0) budget.free(bytes);
  };
  return {
    free,
    reserve: async (bytes) => {
      free();
      if (bytes === 0) return true;
      if (!(await budget.reserve(bytes, signal))) return false;
      held = bytes;
      return true;
    },
  };
}
