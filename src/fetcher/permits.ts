/** SQS hands out at most ten messages a call. */
export const PAGE_SIZE = 10;

/** Part of a page's size that is forgotten with each page: a peak counts for about a hundred pages. */
const PEAK_DECAY = 0.98;

export interface PermitLimits {
  /** Messages in hand or asked for, at most; at least one page. */
  readonly maxMessages: number;
  /** Bytes of their bodies, at most; a single page may be larger when nothing else is in hand. */
  readonly maxBytes: number;
  /** What a page may weigh before one has been seen: ten times the queue's MaximumMessageSize. */
  readonly largestPageBytes: number;
  /** Messages received in all, never more: `--max`. */
  readonly total: number;
}

/** The right to one receive call. */
export interface Grant {
  readonly messages: number;
  readonly bytes: number;
}

export interface Weight {
  readonly messages: number;
  readonly bytes: number;
}

/**
 * Caps what is in hand before it is asked for: a receive starts only when the messages that it may bring still fit.
 * What a page will weigh is not known then, so the largest recent page stands for it, and the queue's own limit
 * until there is one.
 */
export interface Permits {
  /** Waits for room for a whole page (or for what is left of `total`); null when there will never be any again. */
  acquire(): Promise<Grant | null>;
  /** Trades a grant for what the call brought. */
  settle(grant: Grant, received: Weight): void;
  /** Out of hand: deleted, given back or let go. */
  release(weight: Weight): void;
  /** Whether a further poller would get a grant at once. */
  hasRoom(): boolean;
  /** Whether `total` messages have been received. */
  isExhausted(): boolean;
  /** Ends all waiting: from here on `acquire` answers null. */
  close(): void;
}

export function createPermits(limits: PermitLimits): Permits {
  const waiting: ((grant: Grant | null) => void)[] = [];
  let heldMessages = 0;
  let heldBytes = 0;
  let reservedMessages = 0;
  let reservedBytes = 0;
  let received = 0;
  let pageBytes = limits.largestPageBytes;
  let closed = false;

  const ended = (): boolean => closed || received >= limits.total;

  const available = (): Grant | undefined => {
    const messages = Math.min(PAGE_SIZE, limits.total - received - reservedMessages);
    if (messages < 1 || heldMessages + reservedMessages + messages > limits.maxMessages) return undefined;
    const bytes = heldBytes + reservedBytes;
    if (bytes > 0 && bytes + pageBytes > limits.maxBytes) return undefined;
    return { messages, bytes: pageBytes };
  };

  const take = (): Grant | null | undefined => {
    if (ended()) return null;
    const grant = available();
    if (grant === undefined) return undefined;
    reservedMessages += grant.messages;
    reservedBytes += grant.bytes;
    return grant;
  };

  const serve = (): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const grant = take();
      if (grant === undefined) return;
      waiting.shift();
      next(grant);
    }
  };

  return {
    acquire: () => {
      const grant = waiting.length === 0 ? take() : undefined;
      if (grant !== undefined) return Promise.resolve(grant);
      return new Promise((resolve) => waiting.push(resolve));
    },
    settle: (grant, page) => {
      reservedMessages -= grant.messages;
      reservedBytes -= grant.bytes;
      received += page.messages;
      heldMessages += page.messages;
      heldBytes += page.bytes;
      if (page.messages > 0) pageBytes = Math.max(page.bytes, pageBytes * PEAK_DECAY);
      serve();
    },
    release: ({ messages, bytes }) => {
      heldMessages -= messages;
      heldBytes -= bytes;
      serve();
    },
    hasRoom: () => !ended() && waiting.length === 0 && available() !== undefined,
    isExhausted: () => received >= limits.total,
    close: () => {
      closed = true;
      serve();
    },
  };
}
