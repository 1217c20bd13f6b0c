import { type Backoff, backoffMs } from "../backoff.js";
import { type Clock, sleep } from "../clock.js";
import { isUnavailable } from "../errors.js";
import type { S3Pointer } from "../transform/body/pointer.js";
import type { Payload, Payloads, Reserve } from "./payloads.js";

export interface FetchOptions {
  readonly payloads: Pick<Payloads, "fetch">;
  readonly clock: Clock;
  /** How long transient errors are borne, in milliseconds from the first one on. */
  readonly retryForMs: number;
  readonly reserve: Reserve;
  /** Aborted, also by a kill: no attempt is begun. */
  readonly stop: AbortSignal;
  /** Aborted: the attempt under way ends as well. */
  readonly kill: AbortSignal;
  readonly onRetry?: ((retry: Backoff) => void) | undefined;
}

/**
 * Fetches a payload, again and again while S3 does not answer. Undefined after a stop or a kill that came before an
 * answer, and where there is no room for it. Throws `PayloadError` and `UsageError`.
 */
export async function fetchPayload(pointer: S3Pointer, options: FetchOptions): Promise<Payload | undefined> {
  const { payloads, clock, reserve, stop, kill } = options;
  let giveUpAtMs: number | undefined;
  for (let attempt = 0; !stop.aborted && !kill.aborted; attempt += 1) {
    try {
      return await payloads.fetch(pointer, kill, reserve);
    } catch (error) {
      await reserve(0);
      if (kill.aborted || (stop.aborted && isUnavailable(error))) return undefined;
      if (!isUnavailable(error)) throw error;
      giveUpAtMs ??= clock.now() + options.retryForMs;
      const delayMs = backoffMs(clock, attempt);
      if (clock.now() + delayMs > giveUpAtMs) throw error;
      options.onRetry?.({ code: error.code, attempt: attempt + 1, delayMs });
      await sleep(clock, delayMs, stop);
    }
  }
  return undefined;
}
