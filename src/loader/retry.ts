import { type Backoff, backoffMs } from "../backoff.js";
import { type Clock, sleep } from "../clock.js";
import { asStoreError, toDatabaseError } from "./errors/database-error.js";
import type { StoreError } from "./store.js";

export interface RetryOptions {
  readonly clock: Clock;
  /** How long transient errors are borne, in milliseconds from the first one on. */
  readonly retryForMs: number;
  /** Aborted: no further attempt; the one under way is waited for. */
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((retry: Backoff) => void) | undefined;
}

/** When the database began to fail; undefined while it answers. Shared by attempts that follow each other. */
export interface Outage {
  sinceMs: number | undefined;
}

type Attempted<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      /** Of the last attempt. */
      readonly error: StoreError;
      /** Some attempt may have committed. */
      readonly inDoubt: boolean;
    };

/**
 * Tries at least once, and until it succeeds, an error is not transient, the outage has lasted too long, or the signal
 * aborts. The action is told whether an earlier attempt may have committed (`inDoubt` to begin with). Never throws.
 */
export async function attemptRepeatedly<T>(
  action: (isRetry: boolean) => Promise<T>,
  options: RetryOptions,
  inDoubt = false,
  outage: Outage = { sinceMs: undefined },
): Promise<Attempted<T>> {
  const { clock, retryForMs, signal } = options;
  let doubtful = inDoubt;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const value = await action(doubtful);
      outage.sinceMs = undefined;
      return { ok: true, value };
    } catch (thrown) {
      const error = asStoreError(thrown);
      doubtful ||= error.outcomeUnknown;
      const delayMs =
        error.class === "transient" ? delayBefore(attempt, outage, clock, retryForMs) : undefined;
      if (delayMs === undefined) return { ok: false, error, inDoubt: doubtful };
      tell(options, { code: error.sqlState ?? error.code, attempt, delayMs });
      await sleep(clock, delayMs, signal);
      if (signal?.aborted) return { ok: false, error, inDoubt: doubtful };
    }
  }
}

/** How long to wait before this retry; undefined when the outage has lasted long enough. */
function delayBefore(attempt: number, outage: Outage, clock: Clock, retryForMs: number): number | undefined {
  const now = clock.now();
  outage.sinceMs ??= now;
  const leftMs = outage.sinceMs + retryForMs - now;
  if (leftMs <= 0) return undefined;
  return Math.min(leftMs, backoffMs(clock, attempt - 1));
}

/** The same for a statement without rows to account for: its value, or a thrown `DatabaseError`. */
export async function retrying<T>(action: () => Promise<T>, options: RetryOptions): Promise<T> {
  const result = await attemptRepeatedly(action, options);
  if (result.ok) return result.value;
  throw toDatabaseError(result.error);
}

function tell({ onRetry }: RetryOptions, retry: Backoff): void {
  try {
    onRetry?.(retry);
  } catch {
    // An observer cannot stop the load.
  }
}
