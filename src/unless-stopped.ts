import { InterruptedError } from "./errors.js";

/**
 * Waits for work that cannot be told to stop, such as a connection or a migration that waits for a lock: `stop` ends the
 * waiting with `InterruptedError`. The work itself goes on; whoever stops closes what it runs on.
 */
export function unlessStopped<Result>(
  work: Promise<Result>,
  stop: AbortSignal,
  message?: string,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onStop = (): void => reject(new InterruptedError(message));
    if (stop.aborted) onStop();
    stop.addEventListener("abort", onStop, { once: true });
    work.then(resolve, reject).finally(() => stop.removeEventListener("abort", onStop));
  });
}
