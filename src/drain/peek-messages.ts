import pLimit from "p-limit";
import type { Clock } from "../clock.js";
import { giveBack } from "../fetcher/give-back.js";
import { PAGE_SIZE } from "../fetcher/permits.js";
import type { Queue } from "../fetcher/queue.js";
import type { ReceivedMessage } from "../message.js";
import { type Offload, PARALLEL_FETCHES } from "../payloads/offload.js";
import { shownValue, warningsOf } from "../row.js";
import type { Transform } from "../transform/types.js";
import { unlessStopped } from "../unless-stopped.js";
import type { PeekedMessage, PeekedRow, PeekedTarget, PeekResult } from "./peek-result.js";

/** A short poll would ask a subset of the servers. */
const WAIT_SECONDS = 1;
/** Giving back is tried for this long where SQS does not answer. */
const RELEASE_FOR_MS = 3_000;
const RELEASE_CALLS = 4;
const NOT_FETCHED = "interrupted before all payloads were there: every message was given back";

export interface PeekMessagesOptions {
  readonly queue: Queue;
  /** Absent: the bodies are shown as they are, and no rows (`--raw`, which needs no key). */
  readonly transform: Transform | undefined;
  /** Given: some payloads are not in their messages. */
  readonly offload?: Pick<Offload, "pointerOf" | "fetch"> | undefined;
  /** One for each pipeline, in their order. */
  readonly targets: readonly [PeekedTarget, ...PeekedTarget[]];
  /** Messages to show; no more are received. */
  readonly max: number;
  /** How long a message stays away if it cannot be given back. */
  readonly visibilitySeconds: number;
  readonly clock: Clock;
  /** Ends the peek early, with what was received until then. */
  readonly signal: AbortSignal;
  /** Ends it at once. */
  readonly kill: AbortSignal;
}

/**
 * Shows the next messages as the rows that they would become, and gives every one of them back at once, also when it
 * fails or is stopped. Throws `QueueError`, and for payloads in S3 `PayloadError` and `InterruptedError`.
 */
export async function peekMessages(options: PeekMessagesOptions): Promise<PeekResult> {
  const { queue, targets } = options;
  const { fifo, redrivePolicy, visible, in_flight, delayed } = await unlessStopped(
    queue.attributes(),
    options.signal,
  );
  const held = new Map<string, ReceivedMessage>();
  let notReleased = 0;
  try {
    await receiveInto(held, options);
  } finally {
    notReleased = await release(held, options);
  }
  const messages = [...held.values()];
  const limit = redrivePolicy?.maxReceiveCount ?? Number.POSITIVE_INFINITY;
  return {
    queue: queue.name,
    table: [...new Set(targets.map(({ table }) => table))].join(", "),
    columns: targets[0].columns,
    targets,
    fifo,
    counters: { visible, in_flight, delayed },
    redrive_policy: redrivePolicy ?? null,
    messages: await showAll(messages, options),
    not_released: notReleased,
    near_redrive: messages
      .filter(({ receiveCount }) => receiveCount >= limit)
      .map(({ messageId }) => messageId),
  };
}

/** By message id: a second delivery replaces the first, whose receipt handle may no longer count. */
async function receiveInto(held: Map<string, ReceivedMessage>, options: PeekMessagesOptions): Promise<void> {
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
  { queue, clock, kill }: PeekMessagesOptions,
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

/** Payloads that are not in their messages are fetched for it, some at once. */
async function showAll(
  messages: readonly ReceivedMessage[],
  options: PeekMessagesOptions,
): Promise<PeekedMessage[]> {
  const { offload, transform, signal, kill } = options;
  if (offload === undefined || transform === undefined) {
    return messages.map((message) => show(message, transform, options));
  }
  const limit = pLimit(PARALLEL_FETCHES);
  const showing = messages.map((message) =>
    limit(async () => {
      const pointer = offload.pointerOf(message);
      if (pointer === undefined) return show(message, transform, options);
      const payload = await unlessStopped(offload.fetch(pointer, kill), signal, NOT_FETCHED);
      return show(
        message,
        "reject" in payload ? () => payload : withPayload(transform, payload.text),
        options,
      );
    }),
  );
  return Promise.all(showing);
}

function withPayload(transform: Transform, payload: string): Transform {
  return (message) => transform(message, payload);
}

function show(
  message: ReceivedMessage,
  transform: Transform | undefined,
  { targets }: PeekMessagesOptions,
): PeekedMessage {
  const seen = {
    message_id: message.messageId,
    sent_at: new Date(message.sentAtMs).toISOString(),
    receive_count: message.receiveCount,
    group_id: message.groupId ?? null,
  };
  if (transform === undefined) {
    return { ...seen, row: null, rows: [], reject: null, warnings: [], body: message.body };
  }
  const outcome = transform(message);
  if ("reject" in outcome) return { ...seen, row: null, rows: [], reject: outcome.reject, warnings: [] };
  const rows = outcome.rows.map(({ target, values }): PeekedRow => {
    const { table, columns } = targets[target] ?? targets[0];
    const cells = columns.map((column, index) => [column, shownValue(values[index] ?? null)]);
    return { target, table, row: Object.fromEntries(cells) };
  });
  const [only] = rows;
  const row = rows.length === 1 && only !== undefined ? only.row : null;
  return { ...seen, row, rows, reject: null, warnings: warningsOf(outcome.rows) };
}
