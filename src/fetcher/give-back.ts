import { within } from "../clock.js";
import { QueueError } from "../errors.js";
import { createTaskQueue } from "../task-queue.js";
import { PAGE_SIZE } from "./permits.js";
import type { FailedEntry, Queue } from "./queue.js";
import { noOutage, type Settled, type SettleOptions, settleBatch } from "./settle-batch.js";

export interface GiveBackOptions extends SettleOptions {
  readonly queue: Pick<Queue, "changeVisibilityBatch">;
  /** Calls under way at once. */
  readonly concurrency: number;
  readonly onSettled: (settled: Settled) => void;
}

/**
 * Gives messages back: their visibility timeout becomes 0, so that they can be received again at once. One that could
 * not be given back comes back by itself when its visibility timeout ends; so a call that is not answered within
 * `retryForMs` is not waited for.
 */
export async function giveBack(ids: readonly string[], options: GiveBackOptions): Promise<void> {
  const calls = createTaskQueue(options.concurrency);
  const outage = noOutage();
  for (let start = 0; start < ids.length; start += PAGE_SIZE) {
    const page = ids.slice(start, start + PAGE_SIZE);
    calls.add(async () => {
      const release = async (receiptHandles: string[]): Promise<FailedEntry[]> => {
        const changes = receiptHandles.map((receiptHandle) => ({ receiptHandle, visibilitySeconds: 0 }));
        const call = options.queue.changeVisibilityBatch(changes);
        const failed = await within(options.clock, options.retryForMs, call);
        if (failed === undefined) throw new QueueError("unavailable", "timed_out", "SQS does not answer");
        // Its visibility timeout has ended already: it is back.
        return failed.filter(({ code }) => !code.endsWith("MessageNotInflight"));
      };
      options.onSettled(await settleBatch(page, release, options, outage));
    });
  }
  await calls.onIdle();
}
