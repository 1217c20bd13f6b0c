import { type Clock, systemClock } from "../clock.js";
import { type Borrowed, borrowMessages } from "../drain/borrow-messages.js";
import { QueueError } from "../errors.js";
import { openQueue } from "../fetcher/sqs/open-queue.js";
import { unlessStopped } from "../unless-stopped.js";

/** Long enough to read some pages, short enough that a message which cannot be given back is soon there again. */
const VISIBILITY_SECONDS = 30;
const SOCKETS = 4;
const KILLED = `interrupted: messages that were read may stay hidden for ${VISIBILITY_SECONDS} seconds`;

export interface SampleOptions {
  /** Name, URL or ARN. */
  readonly queue: string;
  /** Messages to look at; no more are received. */
  readonly max: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  /** Aborted: the look ends early, with what it has received. */
  readonly stop: AbortSignal;
  /** Aborted: it ends at once; what could not be given back comes back by itself. */
  readonly kill: AbortSignal;
  readonly onWarning?: (message: string) => void;
}

/** A sample, and the queue that it is from. */
export interface Sample extends Borrowed {
  /** The last part of the queue's URL. */
  readonly queueName: string;
}

/** Looks at the next messages of a queue and gives each one back at once. Throws `QueueError`, also for an empty queue. */
export async function sampleQueue(options: SampleOptions): Promise<Sample> {
  const { queue: wanted, max, env, stop, kill, clock = systemClock, onWarning } = options;
  const opening = openQueue({
    queue: wanted,
    maxSockets: SOCKETS,
    env,
    ...(onWarning === undefined ? {} : { onWarning }),
  });
  try {
    const queue = await unlessStopped(opening, stop);
    const work = borrowMessages({
      queue,
      max,
      visibilitySeconds: VISIBILITY_SECONDS,
      clock,
      signal: stop,
      kill,
    });
    const borrowed = await unlessStopped(work, kill, KILLED);
    if (borrowed.messages.length === 0) throw nothingThere(queue.name, borrowed);
    return { ...borrowed, queueName: queue.name };
  } finally {
    // Not waited for: after a signal it may be a long time opening.
    void opening.then(
      (queue) => queue.close(),
      () => {},
    );
  }
}

function nothingThere(name: string, { attributes }: Borrowed): QueueError {
  const { in_flight, delayed } = attributes;
  const elsewhere = in_flight + delayed > 0 ? ` (${in_flight} in flight elsewhere, ${delayed} delayed)` : "";
  return new QueueError(
    "failed",
    "queue_empty",
    `the queue ${name} has no message to look at now${elsewhere}: run init again when there are some, or write the pipeline by hand`,
  );
}
