import { retrying } from "../loader/retry.js";
import type { RejectRecord, Store } from "../loader/store.js";
import type { Message } from "../message.js";
import type { Reject } from "../reject.js";
import { createTaskQueue } from "../task-queue.js";
import { createBatcher } from "./batcher.js";
import type { Held } from "./hand.js";
import type { StageContext } from "./sink.js";

const MAX_RECORDS = 100;
const MAX_BYTES = 4 * 1024 * 1024;

export interface RejecterOptions extends StageContext {
  /** The queue's name. */
  readonly queueName: string;
  readonly store: Pick<Store, "saveRejects">;
  readonly maxAgeMs: number;
  /** The structure of its records without their values. */
  readonly shapeOf: (message: Message, payload: string | undefined) => unknown;
  /** Given: rejects are quarantined, so they are sealed, committed and then deleted from the queue. */
  readonly seal: ((message: Message, id: string) => Buffer) | undefined;
}

/** Records rejects, and then leaves them to the queue's redrive policy or, quarantined, deletes them from it. */
export interface Rejecter {
  add(held: Held, reject: Reject): void;
  flush(): void;
  /** Resolves when everything that was added is recorded or given up. */
  finish(): Promise<void>;
}

export function createRejecter(options: RejecterOptions): Rejecter {
  const { hand, tally, deleter, seal } = options;
  const saves = createTaskQueue(1);
  const batcher = createBatcher<{ held: Held; reject: Reject }>({
    clock: options.clock,
    maxItems: MAX_RECORDS,
    maxBytes: MAX_BYTES,
    maxAgeMs: options.maxAgeMs,
    onBatch: (entries) => saves.add(() => save(entries)),
  });

  const save = async (entries: readonly { held: Held; reject: Reject }[]): Promise<void> => {
    try {
      await retrying(
        () => options.store.saveRejects(entries.map(({ held, reject }) => toRecord(held, reject))),
        {
          clock: options.clock,
          retryForMs: options.hasFailed() ? 0 : options.retryForMs,
          signal: options.killed,
          onRetry: (retry) => options.onRetry({ what: "rejects", ...retry }),
        },
      );
    } catch (error) {
      for (const { held } of entries) options.giveBackLater(held.id);
      options.onError(error);
      return;
    }
    for (const { held, reject } of entries) {
      const deliveries = hand.decide(held.id);
      tally.rejected += deliveries;
      tally.noteReject(reject, held.message.messageId, deliveries);
    }
    const ids = entries.map(({ held }) => held.id);
    if (seal !== undefined) deleter.add(ids);
    else if (!ids.map(hand.park).every(Boolean)) options.onTooManyLeft();
  };

  const toRecord = ({ id, message, payload }: Held, reject: Reject): RejectRecord => ({
    ...reject,
    messageId: id,
    queue: options.queueName,
    runId: options.runId,
    shape: options.shapeOf(message, payload),
    sealedBody: seal?.(message, id) ?? null,
    receiveCount: message.receiveCount,
    sentAtMs: message.sentAtMs,
  });

  return {
    add: (held, reject) => batcher.add({ held, reject }, { items: 1, bytes: held.bytes + held.payloadBytes }),
    flush: batcher.flush,
    finish: () => {
      batcher.flush();
      return saves.onIdle();
    },
  };
}
