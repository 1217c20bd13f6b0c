import { setMaxListeners } from "node:events";

/** Longer than the largest payload should ever take. */
const TRANSFER_MS = 120_000;

export interface TransferLimit {
  readonly signal: AbortSignal;
  /** Whether it was the time that aborted it. */
  readonly isOver: () => boolean;
  /** `cut`: what is still under way is ended, and its connection closed. */
  readonly end: (cut: boolean) => void;
}

/**
 * A signal that aborts with another one, or after the longest time that a transfer may take. It leaves nothing behind on
 * the other one, which may outlive a million payloads (`AbortSignal.any` does, in Node 20).
 */
export function limitTransfer(signal: AbortSignal | undefined): TransferLimit {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort();
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    controller.abort();
  }, TRANSFER_MS);
  if (signal?.aborted) onAbort();
  else if (signal !== undefined) {
    // As it is from Node 22 on: Node 20 takes more than ten payloads with one signal for a leak and says so on stderr.
    setMaxListeners(0, signal);
    signal.addEventListener("abort", onAbort, { once: true });
  }
  return {
    signal: controller.signal,
    isOver: () => isOver,
    end: (cut) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      if (cut) controller.abort();
    },
  };
}
