import pLimit from "p-limit";
import { cutOnFailure, cutWith } from "../abort-signals.js";
import { InterruptedError } from "../errors.js";
import type { ReceivedMessage } from "../message.js";
import { type Offload, PARALLEL_FETCHES } from "../payloads/offload.js";
import { shownValue, warningsOf } from "../row.js";
import type { Transform } from "../transform/types.js";
import { unlessStopped } from "../unless-stopped.js";
import { type BorrowOptions, borrowMessages } from "./borrow-messages.js";
import { MAX_PAYLOAD_BYTES_IN_HAND } from "./limits.js";
import { createPayloadBudget, createReservation } from "./payload-budget.js";
import type { PeekedMessage, PeekedRow, PeekedTarget, PeekResult } from "./peek-result.js";

const NOT_FETCHED = "interrupted before all payloads were there: every message was given back";

export interface PeekMessagesOptions extends BorrowOptions {
  /** Absent: the bodies are shown as they are, and no rows (`--raw`, which needs no key). */
  readonly transform: Transform | undefined;
  /** Given: some payloads are not in their messages. */
  readonly offload?: Pick<Offload, "pointerOf" | "fetch"> | undefined;
  /** One for each pipeline, in their order. */
  readonly targets: readonly [ShownTarget, ...ShownTarget[]];
}

export interface ShownTarget extends PeekedTarget {
  /** Of the last columns, which have the same value in every row. */
  readonly constants?: readonly (string | null)[];
}

/**
 * Shows the next messages as the rows that they would become, and gives every one of them back at once, also when it
 * fails or is stopped. Throws `QueueError`, and for payloads in S3 `PayloadError` and `InterruptedError`.
 */
export async function peekMessages(options: PeekMessagesOptions): Promise<PeekResult> {
  const { queue, targets } = options;
  const { attributes, messages, notReleased, nearRedrive } = await borrowMessages(options);
  const { fifo, redrivePolicy, visible, in_flight, delayed } = attributes;
  return {
    queue: queue.name,
    table: [...new Set(targets.map(({ table }) => table))].join(", "),
    columns: targets[0].columns,
    targets: targets.map(({ table, columns }) => ({ table, columns })),
    fifo,
    counters: { visible, in_flight, delayed },
    redrive_policy: redrivePolicy ?? null,
    messages: await showAll(messages, options),
    not_released: notReleased,
    near_redrive: nearRedrive,
  };
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
  const cut = cutWith(kill);
  const budget = createPayloadBudget(MAX_PAYLOAD_BYTES_IN_HAND);
  const showOne = async (message: ReceivedMessage): Promise<PeekedMessage> => {
    const pointer = offload.pointerOf(message);
    if (pointer === undefined) return show(message, transform, options);
    if (signal.aborted || cut.signal.aborted) throw new InterruptedError(NOT_FETCHED);
    const room = createReservation(budget, cut.signal);
    try {
      const fetching = offload.fetch(pointer, cut.signal, room.reserve);
      const payload = await unlessStopped(fetching, signal, NOT_FETCHED);
      if (payload === undefined) throw new InterruptedError(NOT_FETCHED);
      return show(
        message,
        "reject" in payload ? () => payload : withPayload(transform, payload.text),
        options,
      );
    } finally {
      room.free();
    }
  };
  try {
    return await Promise.all(messages.map((message) => limit(() => cutOnFailure(showOne(message), cut))));
  } finally {
    limit.clearQueue();
    cut.end();
  }
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
    const { table, columns, constants = [] } = targets[target] ?? targets[0];
    const all = [...values, ...constants];
    const cells = columns.map((column, index) => [column, shownValue(all[index] ?? null)]);
    return { target, table, row: Object.fromEntries(cells) };
  });
  const [only] = rows;
  const row = rows.length === 1 && only !== undefined ? only.row : null;
  return { ...seen, row, rows, reject: null, warnings: warningsOf(outcome.rows) };
}
