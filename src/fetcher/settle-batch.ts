import { type Backoff, backoffMs } from "../backoff.js";
import { type Clock, sleep } from "../clock.js";
import { isUnavailable, type Sqs2pgError } from "../errors.js";
import type { Leases } from "./leases.js";
import type { FailedEntry } from "./queue.js";

export interface SettleOptions {
  readonly clock: Clock;
  readonly leases: Pick<Leases, "receiptHandle">;
  /** Entries that keep failing are given up this long after their first failure. */
  readonly retryForMs: number;
  /** Aborted: no further attempts. */
  readonly signal: AbortSignal;
  readonly onRetry: (retry: Backoff) => void;
}

/** When the queue began to answer no call at all; undefined while it answers. Shared by the batches of one kind. */
export interface Outage {
  since: { readonly ms: number; readonly error: Sqs2pgError } | undefined;
  /** When it answered last. */
  answeredAtMs: number;
}

export function noOutage(): Outage {
  return { since: undefined, answeredAtMs: Number.NEGATIVE_INFINITY };
}

/** What became of the entries of a batch, by id. */
export interface Settled {
  readonly done: readonly string[];
  readonly failed: readonly string[];
  /** Why it was given up: a missing permission, or a queue that did not answer for too long. */
  readonly error?: unknown;
}

/**
 * Carries out one batch call on up to ten messages and looks at every entry of the answer: what failed for no fault
 * of ours, or went with a handle that a redelivery has since replaced, is tried again with the newest handle; with an
 * older one SQS may confirm a delete that it does not carry out. In an outage that has lasted for `retryForMs` already
 * nothing is asked any more: hundreds of batches may be waiting behind this one, and each call may take its time to fail.
 */
export async function settleBatch(
  ids: readonly string[],
  call: (receiptHandles: string[]) => Promise<FailedEntry[]>,
  { clock, leases, retryForMs, signal, onRetry }: SettleOptions,
  outage: Outage = noOutage(),
): Promise<Settled> {
  /** With the handle that each was done, or refused, with. */
  const done = new Map<string, string>();
  const refused = new Map<string, string>();
  const newestHandle = (id: string): string => leases.receiptHandle(id) ?? "";
  let open = ids;
  let failingSinceMs: number | undefined;
  const givenUp = (): Settled => ({
    done: [...done.keys()],
    failed: [...refused.keys(), ...open],
    ...(outage.since === undefined ? {} : { error: outage.since.error }),
  });

  for (let attempt = 0; ; attempt += 1) {
    const askedAtMs = clock.now();
    if (signal.aborted) return givenUp();
    if (outage.since !== undefined && askedAtMs - outage.since.ms >= retryForMs) return givenUp();
    const asked = open.map((id) => ({ id, receiptHandle: newestHandle(id) }));
    const failures = new Map<number, FailedEntry>();
    try {
      for (const entry of await call(asked.map(({ receiptHandle }) => receiptHandle))) {
        failures.set(entry.index, entry);
      }
      outage.since = undefined;
      outage.answeredAtMs = clock.now();
    } catch (error) {
      if (!isUnavailable(error)) return { ...givenUp(), error };
      // Others may have been answered while this one was not: a single silent call is no outage.
      outage.since ??= { ms: Math.max(askedAtMs, outage.answeredAtMs), error };
      asked.forEach((_, index) => {
        failures.set(index, { index, code: error.code, senderFault: false });
      });
    }

    // Nearly always, and then nothing need be looked up again.
    const isAllDone = failures.size === 0 && done.size === 0 && refused.size === 0;
    if (isAllDone && asked.every(({ id, receiptHandle }) => newestHandle(id) === receiptHandle)) {
      return { done: open, failed: [] };
    }

    const again: string[] = [];
    asked.forEach(({ id, receiptHandle }, index) => {
      const failure = failures.get(index);
      if (failure === undefined) done.set(id, receiptHandle);
      else if (failure.senderFault) refused.set(id, receiptHandle);
      else again.push(id);
    });
    // Also what came back while others of the batch were tried again.
    for (const settled of [done, refused]) {
      for (const [id, receiptHandle] of settled) {
        if (newestHandle(id) === receiptHandle) continue;
        settled.delete(id);
        again.push(id);
      }
    }
    open = again;
    if (open.length === 0) return { done: [...done.keys()], failed: [...refused.keys()] };

    failingSinceMs ??= clock.now();
    const giveUpAtMs = Math.min(failingSinceMs, outage.since?.ms ?? failingSinceMs) + retryForMs;
    const delayMs = backoffMs(clock, attempt);
    const isWorthWaiting = !signal.aborted && clock.now() + delayMs <= giveUpAtMs;
    if (isWorthWaiting) {
      onRetry({
        code: failures.values().next().value?.code ?? "HandleReplaced",
        attempt: attempt + 1,
        delayMs,
      });
      await sleep(clock, delayMs, signal);
    }
    if (!isWorthWaiting || signal.aborted) return givenUp();
  }
}
