import { createTaskQueue } from "../task-queue.js";
import { PAGE_SIZE } from "./permits.js";
import type { Queue } from "./queue.js";
import { noOutage, type Settled, type SettleOptions, settleBatch } from "./settle-batch.js";

export interface DeleterOptions extends SettleOptions {
  readonly queue: Pick<Queue, "deleteBatch">;
  /** Delete calls under way at once. */
  readonly concurrency: number;
  /** A batch that stays incomplete is sent after this long. */
  readonly maxAgeMs: number;
  /** Called once for each id that was added, in batches. */
  readonly onSettled: (settled: Settled) => void;
}

/** Deletes messages in full batches of ten, and an incomplete one when it is old enough or at `finish`. */
export interface Deleter {
  add(ids: readonly string[]): void;
  /** Sends what is waiting and resolves when nothing is under way any more. */
  finish(): Promise<void>;
}

export function createDeleter(options: DeleterOptions): Deleter {
  const { queue, clock, concurrency, maxAgeMs, onSettled } = options;
  const calls = createTaskQueue(concurrency);
  const outage = noOutage();
  let waiting: string[] = [];
  let cancelTimer: (() => void) | undefined;

  const send = (ids: readonly string[]): void => {
    calls.add(async () => {
      const remove = (receiptHandles: string[]): ReturnType<Queue["deleteBatch"]> =>
        queue.deleteBatch(receiptHandles);
      onSettled(await settleBatch(ids, remove, options, outage));
    });
  };

  const stopTimer = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
  };

  const sendRest = (): void => {
    stopTimer();
    if (waiting.length > 0) send(waiting);
    waiting = [];
  };

  return {
    add: (ids) => {
      waiting.push(...ids);
      // What is left after a full batch has only just come.
      if (waiting.length >= PAGE_SIZE) stopTimer();
      let sent = 0;
      for (; sent + PAGE_SIZE <= waiting.length; sent += PAGE_SIZE)
        send(waiting.slice(sent, sent + PAGE_SIZE));
      waiting = waiting.slice(sent);
      if (waiting.length > 0) cancelTimer ??= clock.after(maxAgeMs, sendRest);
    },
    finish: async () => {
      sendRest();
      await calls.onIdle();
    },
  };
}
