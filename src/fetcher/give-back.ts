import PQueue from "p-queue";
import { PAGE_SIZE } from "./permits.js";
import type { FailedEntry, Queue } from "./queue.js";
import { type Outage, type Settled, type SettleOptions, settleBatch } from "./settle-batch.js";

export interface GiveBackOptions extends SettleOptions {
  readonly queue: Pick<Queue, "changeVisibilityBatch">;
  /** Calls under way at once. */
  readonly concurrency: number;
  readonly onSettled: (settled: Settled) => void;
}

/**
 * Gives messages back: their visibility timeout becomes 0, so that they can be received again at once. One that could
 * not be given back comes back by itself when its visibility timeout ends.
 */
export async function giveBack(ids: readonly string[], options: GiveBackOptions): Promise<void> {
  const calls = new PQueue({ concurrency: options.concurrency });
  const outage: Outage = { since: undefined };
  for (let start = 0; start < ids.length; start += PAGE_SIZE) {
    const page = ids.slice(start, start + PAGE_SIZE);
    void calls.add(async () => {
      const release = async (receiptHandles: string[]): Promise<FailedEntry[]> => {
        const failed = await options.queue.changeVisibilityBatch(
          receiptHandles.map((receiptHandle) => ({ receiptHandle, visibilitySeconds: 0 })),
        );
        // Its visibility timeout has ended already: it is back.
        return failed.filter(({ code }) => !code.endsWith("MessageNotInflight"));
      };
      options.onSettled(await settleBatch(page, release, options, outage));
    });
  }
  await calls.onIdle();
}
