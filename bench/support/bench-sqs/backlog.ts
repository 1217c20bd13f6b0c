/** What is put on a queue. */
export interface Backlog {
  /** Messages on the queue; after them it is empty. */
  readonly count: number;
  /** Added to every call, and up to so much more by chance. */
  readonly latencyMs?: number;
  readonly jitterMs?: number;
}

/** How long a call is to be held up before it is answered, in milliseconds. */
export function delayOf({ latencyMs = 0, jitterMs = 0 }: Backlog): number {
  return latencyMs + jitterMs * Math.random();
}
