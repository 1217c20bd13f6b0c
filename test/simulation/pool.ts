import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { addSum, emptySum, type Sum } from "./sum.js";
import type { Range } from "./worker.js";

/** Seeds that a worker plays at a time. */
const RANGE = 200;

export interface PoolOptions extends Range {
  readonly workers: number;
  /** As many failures are enough. */
  readonly mostFailures: number;
  readonly onProgress: (sum: Sum) => void;
}

/** Plays a range of seeds in processes of their own. Rejects when one of them ends before its work. */
export async function playRange({
  from,
  count,
  workers,
  mostFailures,
  onProgress,
}: PoolOptions): Promise<Sum> {
  const sum = emptySum();
  let next = from;

  const nextRange = (): Range | undefined => {
    const left = from + count - next;
    if (left <= 0 || sum.failures.length >= mostFailures) return undefined;
    const range = { from: next, count: Math.min(RANGE, left) };
    next += range.count;
    return range;
  };

  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = fork(fileURLToPath(new URL("./worker.ts", import.meta.url)));
      let isDone = false;
      const giveWork = (): void => {
        const range = nextRange();
        if (range !== undefined) worker.send(range);
        else {
          isDone = true;
          worker.disconnect();
        }
      };
      worker.on("message", (part: Sum) => {
        addSum(sum, part);
        onProgress(sum);
        giveWork();
      });
      worker.on("error", reject);
      worker.on("exit", (code) => (isDone ? resolve() : reject(new Error(`a worker ended with ${code}`))));
      giveWork();
    });

  await Promise.all(Array.from({ length: workers }, work));
  sum.failures.sort((one, other) => one.seed - other.seed);
  return sum;
}
