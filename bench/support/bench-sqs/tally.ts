/** What was asked of a queue since its backlog was put there. */
export interface Counts {
  /** Different messages that have been deleted. */
  readonly deleted: number;
  /** By action. */
  readonly requests: Readonly<Record<string, number>>;
  /** All requests up to the last message that was deleted, and when that was (0: none yet). */
  readonly requestsUntilDone: number;
  readonly doneAtMs: number;
  /** When the first receive came (0: none yet). */
  readonly startedAtMs: number;
}

export interface Tally {
  requested(action: string): void;
  /** So many messages are deleted by now. */
  deleted(count: number): void;
  counts(): Counts;
}

export function createTally(): Tally {
  const requests: Record<string, number> = {};
  let total = 0;
  let deleted = 0;
  let requestsUntilDone = 0;
  let doneAtMs = 0;
  let startedAtMs = 0;
  return {
    requested: (action) => {
      total += 1;
      requests[action] = (requests[action] ?? 0) + 1;
      if (action === "ReceiveMessage" && startedAtMs === 0) startedAtMs = Date.now();
    },
    deleted: (count) => {
      if (count <= deleted) return;
      deleted = count;
      requestsUntilDone = total;
      doneAtMs = Date.now();
    },
    counts: () => ({ deleted, requests: { ...requests }, requestsUntilDone, doneAtMs, startedAtMs }),
  };
}
