import type { Clock } from "../../../src/clock.js";
import { type LoadBatch, type LoadCounts, type LoadMessage, StoreError } from "../../../src/loader/store.js";

/** What happens to one attempt, apart from what its rows deserve. */
export type Fault = "none" | "refused" | "lost before commit" | "lost after commit" | "fatal";

export interface FakeStore {
  load(batch: LoadBatch, attempt: { readonly isRetry: boolean }): Promise<LoadCounts>;
  /** Message id to stamp: what is committed. */
  readonly ledger: Map<string, string>;
  readonly attempts: { readonly size: number; readonly isRetry: boolean }[];
}

/** A database with a ledger in memory: the n-th attempt meets the n-th fault, and bad rows fail their statement. */
export function fakeStore(
  options: { faults?: readonly Fault[]; bad?: ReadonlySet<string>; loaded?: readonly string[] } = {},
): FakeStore {
  const { faults = [], bad = new Set(), loaded = [] } = options;
  const ledger = new Map(loaded.map((id) => [id, "earlier"]));
  const attempts: { size: number; isRetry: boolean }[] = [];
  return {
    ledger,
    attempts,
    load: async ({ messages, stamp }, { isRetry }) => {
      const fault = faults[attempts.length] ?? "none";
      attempts.push({ size: messages.length, isRetry });
      if (fault === "refused") throw new StoreError("transient", "try later", { sqlState: "40P01" });
      if (fault === "fatal") throw new StoreError("fatal", "no such table", { sqlState: "42P01" });
      if (fault === "lost before commit") throw lost();
      const fresh = messages.filter(({ messageId }) => !ledger.has(messageId));
      if (fresh.some(({ messageId }) => bad.has(messageId))) {
        throw new StoreError("data", "refused", { sqlState: "23514", constraint: "positive" });
      }
      for (const { messageId } of fresh) ledger.set(messageId, stamp);
      if (fault === "lost after commit") throw lost();
      const own = messages.filter(({ messageId }) => ledger.get(messageId) === stamp).length;
      const count = isRetry ? own : fresh.length;
      return { loaded: count, duplicates: messages.length - count, rows: count, superseded: 0 };
    },
  };
}

function lost(): StoreError {
  return new StoreError("transient", "connection lost", { outcomeUnknown: true });
}

/** A clock whose time passes only by waiting, and then at once. */
export function fakeClock(): Clock & { readonly waits: number[] } {
  let nowMs = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => nowMs,
    turn: () => Promise.resolve(),
    after: (delayMs, action) => {
      let cancelled = false;
      queueMicrotask(() => {
        if (cancelled) return;
        nowMs += delayMs;
        waits.push(delayMs);
        action();
      });
      return () => {
        cancelled = true;
      };
    },
    random: () => 0.5,
  };
}

/** A message that makes a row without values. */
export function aMessage(messageId: string): LoadMessage {
  return { messageId, sentAtMs: 0, receiveCount: 1, rows: [{ target: 0, values: [] }] };
}
