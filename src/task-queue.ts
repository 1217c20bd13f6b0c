import pLimit from "p-limit";

/** Runs tasks in their order, so many at once. */
export interface TaskQueue {
  /** The task must not throw: nobody waits for it alone. */
  add(task: () => Promise<void>): void;
  /** Resolves when nothing waits or runs any more. */
  onIdle(): Promise<void>;
}

/** Lets go of a task as soon as it has ended, which matters: tasks hold batches of up to some megabytes. */
export function createTaskQueue(concurrency: number): TaskQueue {
  const limit = pLimit(concurrency);
  const open = new Set<Promise<void>>();
  return {
    add: (task) => {
      const running = limit(task).finally(() => open.delete(running));
      open.add(running);
    },
    onIdle: async () => {
      while (open.size > 0) await Promise.all(open);
    },
  };
}
