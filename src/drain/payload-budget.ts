/**
 * What payloads take besides the bodies that were received: objects of S3, and what was inflated. How much that is, is
 * known only when they are there; so the next one waits until there is room again.
 */
export interface PayloadBudget {
  hasRoom(): boolean;
  /** Resolves when there is room, or when the budget is closed. */
  room(): Promise<void>;
  add(bytes: number): void;
  free(bytes: number): void;
  /** Ends all waiting. */
  close(): void;
}

export function createPayloadBudget(maxBytes: number): PayloadBudget {
  const waiting: (() => void)[] = [];
  let bytes = 0;
  let closed = false;

  const hasRoom = (): boolean => bytes < maxBytes;
  const serve = (): void => {
    while (closed || hasRoom()) {
      const next = waiting.shift();
      if (next === undefined) return;
      next();
    }
  };

  return {
    hasRoom,
    room: () => (closed || hasRoom() ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    add: (more) => {
      bytes += more;
    },
    free: (less) => {
      bytes -= less;
      serve();
    },
    close: () => {
      closed = true;
      serve();
    },
  };
}
