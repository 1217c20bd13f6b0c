import type { QueueCounters } from "../../../src/fetcher/queue.js";

export interface Stored {
  readonly messageId: string;
  readonly body: string;
  readonly groupId: string | undefined;
  readonly sentAtMs: number;
  visibleAtMs: number;
  receivedAtMs: number;
  receiveCount: number;
  /** Of the newest delivery. */
  receiptHandle: string;
  /** A delete was confirmed and did not happen; the next one will. */
  isGhost: boolean;
}

/** The messages of a queue: who is visible, held, delayed, or behind another one of its group. */
export interface Stock {
  add(message: Stored): void;
  get(messageId: string): Stored | undefined;
  remove(messageId: string): void;
  ids(): string[];
  isVisible(message: Stored): boolean;
  /** Messages that may be handed out, the oldest first, at most so many. */
  ready(most: number): Stored[];
  /** Messages that somebody holds. */
  held(): Stored[];
  /** How long until a message becomes visible; Infinity when none is hidden. */
  nextVisibleMs(): number;
  counters(): QueueCounters;
}

export function createStock(now: () => number): Stock {
  const stored = new Map<string, Stored>();
  const isVisible = ({ visibleAtMs }: Stored): boolean => visibleAtMs <= now();
  const isHeld = (message: Stored): boolean => !isVisible(message) && message.receiveCount > 0;

  return {
    add: (message) => {
      stored.set(message.messageId, message);
    },
    get: (messageId) => stored.get(messageId),
    remove: (messageId) => {
      stored.delete(messageId);
    },
    ids: () => [...stored.keys()],
    isVisible,
    ready: (most) => {
      const found: Stored[] = [];
      const blocked = new Set<string>();
      for (const message of stored.values()) {
        if (message.groupId !== undefined && isHeld(message)) blocked.add(message.groupId);
      }
      for (const message of stored.values()) {
        if (found.length >= most) break;
        if (message.groupId !== undefined && blocked.has(message.groupId)) continue;
        if (isVisible(message)) found.push(message);
        // A delayed message holds up what its group sent after it.
        else if (message.groupId !== undefined) blocked.add(message.groupId);
      }
      return found;
    },
    held: () => [...stored.values()].filter(isHeld),
    nextVisibleMs: () => {
      let soonest = Number.POSITIVE_INFINITY;
      for (const message of stored.values()) {
        if (!isVisible(message)) soonest = Math.min(soonest, message.visibleAtMs - now());
      }
      return soonest;
    },
    counters: () => {
      let visible = 0;
      let held = 0;
      for (const message of stored.values()) {
        if (isVisible(message)) visible += 1;
        else if (message.receiveCount > 0) held += 1;
      }
      return { visible, in_flight: held, delayed: stored.size - visible - held };
    },
  };
}
