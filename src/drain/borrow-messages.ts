import type { Clock } from "../clock.js";
import { giveBack } from "../fetcher/give-back.js";
import { PAGE_SIZE } from "../fetcher/permits.js";
import type { Queue, QueueAttributes } from "../fetcher/queue.js";
import type { ReceivedMessage } from "../message.js";
import { unlessStopped } from "../unless-stopped.js";

/** A short poll would ask a subset of the servers. */
const WAIT_SECONDS = 1;
/** Giving back is tried for this long where SQS does not answer. */
const RELEASE_FOR_MS = 3_000;
const RELEASE_CALLS = 4;

export interface BorrowOptions {
  readonly queue: Queue;
  /** Messages to look at; no more are received. */
  readonly max: number;
  /** How long a message stays away if it cannot be given back. */
  readonly visibilitySeconds: number;
  readonly clock: Clock;
  /** Ends the receiving early, with what was received until then. */
  readonly signal: AbortSignal;
  /** Ends it at once. */
  readonly kill: AbortSignal;
}

/** Messages that were looked at and are on the queue again. */
export interface Borrowed {
  /** Of the queue, before anything was received. */
  readonly attributes: QueueAttributes;
  readonly messages: readonly ReceivedMessage[];
  /** Messages that could not be given back at once: they reappear when their visibility timeout ends. */
  readonly notReleased: number;
  /** Message ids that the next receive may move to the dead-letter queue. */
  readonly nearRedrive: readonly string[];
}

/**
 * Receives the next messages and gives every one of them back at once, also when it fails or is stopped. Throws
 * `QueueError`.
 */
export async function borrowMessages(options: BorrowOptions): Promise<Borrowed> {
  const attributes = await unlessStopped(options.queue.attributes(), options.signal);
  const held = new Map<string, ReceivedMessage>();
  let notReleased = 0;
  try {
    await receiveInto(held, options);
  } finally {
    notReleased = await release(held, options);
  }
  const messages = [...held.values()];
  const limit = attributes.redrivePolicy?.maxReceiveCount ?? Number.POSITIVE_INFINITY;
  const nearRedrive = messages
    .filter(({ receiveCount }) => receiveCount >= limit)
    .map(({ messageId }) => messageId);
  return { attributes, messages, notReleased, nearRedrive };
}

/** By message id: a second delivery replaces the first, whose receipt handle may no longer count. */
async function receiveInto(held: Map<string, ReceivedMessage>, options: BorrowOptions): Promise<void> {
  const { queue, max, visibilitySeconds, signal } = options;
  for (let received = 0; received < max && !signal.aborted; ) {
    const request = {
      maxMessages: Math.min(PAGE_SIZE, max - received),
      waitSeconds: WAIT_SECONDS,
      visibilitySeconds,
    };
    // Never cut off: what SQS has handed out by then would stay away for the visibility timeout.
    const page = await queue.receive(request);
    if (page.length === 0) return;
    received += page.length;
    for (const message of page) held.set(message.messageId, message);
  }
}

/** Returns how many could not be given back. It never throws: it must not hide the error that it runs after. */
async function release(
  held: ReadonlyMap<string, ReceivedMessage>,
  { queue, clock, kill }: BorrowOptions,
): Promise<number> {
  let notReleased = 0;
  await giveBack([...held.keys()], {
    queue,
    clock,
    leases: { receiptHandle: (id) => held.get(id)?.receiptHandle },
    concurrency: RELEASE_CALLS,
    retryForMs: RELEASE_FOR_MS,
    // Not the signal that ends the receiving: what was received goes back all the same.
    signal: kill,
    onRetry: () => {},
    onSettled: ({ failed }) => {
      notReleased += failed.length;
    },
  });
  return notReleased;
}
