/** What is on a queue: bodies made on the fly, the same ones for the same index every time. */
export interface Traffic {
  readonly count: number;
  /** MaximumMessageSize, in bytes. */
  readonly maximumMessageBytes: number;
  body(index: number): string;
}

export interface Delivery {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** ApproximateReceiveCount. */
  readonly receiveCount: number;
}

export interface LoadCounts {
  readonly visible: number;
  readonly in_flight: number;
  readonly deleted: number;
  /** Messages handed out, each delivery counted. */
  readonly delivered: number;
  /** Deliveries of messages that had been handed out before. */
  readonly redelivered: number;
}

/** A code of SQS's for an entry that was not carried out, or undefined where it was. */
export type EntryFailure = "ReceiptHandleIsInvalid" | "AWS.SimpleQueueService.MessageNotInflight" | undefined;

/** A standard queue with leases and redelivery that remembers what is in flight and what is gone, and nothing else. */
export interface LoadQueue {
  receive(maxMessages: number, visibilitySeconds: number): Delivery[];
  deleteMessage(receiptHandle: string): EntryFailure;
  changeVisibility(receiptHandle: string, visibilitySeconds: number): EntryFailure;
  /** When the next lease may end, in milliseconds since the epoch; infinity when none is held. */
  nextReturnMs(): number;
  /** Calls back once, when a message was given back. */
  onReturn(wake: () => void): () => void;
  counts(): LoadCounts;
}

interface Tracked {
  receiveCount: number;
  /** The end of its lease; undefined while it is visible again. */
  untilMs: number | undefined;
}

export function createLoadQueue(traffic: Traffic, now: () => number = Date.now): LoadQueue {
  const gone = new Uint8Array(Math.ceil(traffic.count / 8));
  const tracked = new Map<number, Tracked>();
  const wakers = new Set<() => void>();
  let returned: number[] = [];
  let next = 0;
  let deleted = 0;
  let delivered = 0;
  let redelivered = 0;
  /** No lease ends before this: leases are looked through only then. */
  let noReturnBeforeMs = Number.POSITIVE_INFINITY;

  const isGone = (index: number): boolean => ((gone[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;

  const giveBack = (index: number, message: Tracked): void => {
    message.untilMs = undefined;
    returned.push(index);
  };

  const returnExpired = (): void => {
    if (now() < noReturnBeforeMs) return;
    noReturnBeforeMs = Number.POSITIVE_INFINITY;
    for (const [index, message] of tracked) {
      if (message.untilMs === undefined) continue;
      if (message.untilMs <= now()) giveBack(index, message);
      else noReturnBeforeMs = Math.min(noReturnBeforeMs, message.untilMs);
    }
  };

  const lease = (index: number, visibilitySeconds: number): Delivery => {
    const message = tracked.get(index) ?? { receiveCount: 0, untilMs: undefined };
    message.receiveCount += 1;
    message.untilMs = now() + visibilitySeconds * 1_000;
    noReturnBeforeMs = Math.min(noReturnBeforeMs, message.untilMs);
    tracked.set(index, message);
    delivered += 1;
    if (message.receiveCount > 1) redelivered += 1;
    return {
      messageId: messageIdOf(index),
      receiptHandle: `${index}.${message.receiveCount}`,
      body: traffic.body(index),
      receiveCount: message.receiveCount,
    };
  };

  /** What a handle stands for; undefined for one that was never given out. */
  const read = (
    receiptHandle: string,
  ): { index: number; message: Tracked | undefined; isNewest: boolean } | undefined => {
    const [index = Number.NaN, receiveCount] = receiptHandle.split(".").map(Number);
    const message = tracked.get(index);
    if (message === undefined && !isGone(index)) return undefined;
    return { index, message, isNewest: message?.receiveCount === receiveCount };
  };

  return {
    receive: (maxMessages, visibilitySeconds) => {
      returnExpired();
      const indices = returned.slice(0, maxMessages);
      returned = returned.slice(maxMessages);
      while (indices.length < maxMessages && next < traffic.count) indices.push(next++);
      return indices.map((index) => lease(index, visibilitySeconds));
    },
    deleteMessage: (receiptHandle) => {
      const found = read(receiptHandle);
      if (found === undefined) return "ReceiptHandleIsInvalid";
      // As on SQS: an old handle is answered with success, and the message stays.
      if (!found.isNewest) return undefined;
      const { index, message } = found;
      if (message?.untilMs === undefined) returned = returned.filter((other) => other !== index);
      tracked.delete(index);
      gone[index >> 3] = (gone[index >> 3] ?? 0) | (1 << (index & 7));
      deleted += 1;
      return undefined;
    },
    changeVisibility: (receiptHandle, visibilitySeconds) => {
      const found = read(receiptHandle);
      if (found === undefined) return "ReceiptHandleIsInvalid";
      const { index, message, isNewest } = found;
      if (message?.untilMs === undefined || !isNewest) return "AWS.SimpleQueueService.MessageNotInflight";
      if (visibilitySeconds > 0) {
        message.untilMs = now() + visibilitySeconds * 1_000;
        noReturnBeforeMs = Math.min(noReturnBeforeMs, message.untilMs);
        return undefined;
      }
      giveBack(index, message);
      const woken = [...wakers];
      wakers.clear();
      for (const wake of woken) wake();
      return undefined;
    },
    nextReturnMs: () => noReturnBeforeMs,
    onReturn: (wake) => {
      wakers.add(wake);
      return () => wakers.delete(wake);
    },
    counts: () => {
      returnExpired();
      const visible = traffic.count - next + returned.length;
      return { visible, in_flight: tracked.size - returned.length, deleted, delivered, redelivered };
    },
  };
}

/** The MessageId of a message: a UUID, in an order that looks like chance, as on AWS. */
export function messageIdOf(index: number): string {
  // Each step can be undone, so no two indices below 2^32 give the same eight digits.
  let bits = Math.imul(index ^ 0x5bd1e995, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
  bits ^= bits >>> 13;
  return `${(bits >>> 0).toString(16).padStart(8, "0")}-5c1e-4b0d-9a6f-2f6d1c0a7e35`;
}
