import type { Clock } from "../clock.js";
import { isUnavailable } from "../errors.js";
import { PAGE_SIZE } from "./permits.js";
import type { FailedEntry, Queue } from "./queue.js";

/** SQS ends every lease twelve hours after the receive, whatever is asked for. */
const LONGEST_LEASE_MS = 12 * 60 * 60 * 1000;

/** A renewal that failed for no fault of ours is tried again after this part of the visibility timeout. */
const RETRY_PART = 1 / 8;

/** How many renewal calls may be under way at once. */
const PARALLEL_CALLS = 8;

interface Lease {
  receiptHandle: string;
  receivedAtMs: number;
  renewAtMs: number;
}

/** Ids in order of renewal. Each map's leases wait equally long, so the order of insertion is the order of time. */
type Schedule = Map<string, Lease>;

/**
 * Our holds on the messages in hand. Each is renewed at half of its time, the earliest first, ten in a call, until it
 * is dropped. A hold that SQS ended is no harm: the redelivery finds its message in the ledger.
 *
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export interface Leases {
  /** Starts a hold; answers false when the message is in hand already: then only its handle is replaced. */
  hold(id: string, receiptHandle: string): boolean;
  /** The newest receipt handle. */
  receiptHandle(id: string): string | undefined;
  drop(id: string): void;
  /** Ends the heartbeats; resolves when none is under way any more. */
  close(): Promise<void>;
}

export interface LeaseOptions {
  readonly queue: Pick<Queue, "changeVisibilityBatch">;
  readonly clock: Clock;
  readonly visibilitySeconds: number;
  /** A renewal that is not worth repeating, such as a missing permission. */
  readonly onError: (error: unknown) => void;
}

export function createLeases(options: LeaseOptions): Leases {
  const { queue, clock, visibilitySeconds } = options;
  const visibilityMs = visibilitySeconds * 1000;
  const leases = new Map<string, Lease>();
  const renewals: Schedule = new Map();
  const retries: Schedule = new Map();
  let calls = 0;
  let closed = false;
  const onQuiet: (() => void)[] = [];
  let timer: { readonly atMs: number; readonly cancel: () => void } | undefined;

  const plan = (schedule: Schedule, id: string, lease: Lease, delayMs: number): void => {
    unplan(id);
    lease.renewAtMs = clock.now() + delayMs;
    schedule.set(id, lease);
    if (timer === undefined || lease.renewAtMs < timer.atMs) wake();
  };

  const unplan = (id: string): void => {
    renewals.delete(id);
    retries.delete(id);
  };

  const earliest = (): { schedule: Schedule; id: string; lease: Lease } | undefined => {
    const heads = [renewals, retries].flatMap((schedule) => {
      const head = schedule.entries().next().value;
      return head === undefined ? [] : [{ schedule, id: head[0], lease: head[1] }];
    });
    return heads.sort((a, b) => a.lease.renewAtMs - b.lease.renewAtMs)[0];
  };

  const wake = (): void => {
    if (closed || calls >= PARALLEL_CALLS) return;
    const atMs = earliest()?.lease.renewAtMs;
    if (atMs === undefined || (timer !== undefined && timer.atMs <= atMs)) return;
    stopTimer();
    const cancel = clock.after(Math.max(0, atMs - clock.now()), () => {
      timer = undefined;
      renewDue();
      wake();
    });
    timer = { atMs, cancel };
  };

  const stopTimer = (): void => {
    timer?.cancel();
    timer = undefined;
  };

  const renewDue = (): void => {
    while (calls < PARALLEL_CALLS) {
      const due = takeDue();
      if (due.length === 0) return;
      calls += 1;
      void renew(due).finally(() => {
        calls -= 1;
        wake();
        if (closed && calls === 0) for (const tell of onQuiet.splice(0)) tell();
      });
    }
  };

  const takeDue = (): [string, Lease][] => {
    const due: [string, Lease][] = [];
    while (due.length < PAGE_SIZE) {
      const first = earliest();
      if (first === undefined || first.lease.renewAtMs > clock.now()) break;
      first.schedule.delete(first.id);
      due.push([first.id, first.lease]);
    }
    return due;
  };

  const renew = async (due: readonly [string, Lease][]): Promise<void> => {
    const now = clock.now();
    const asked = due
      .map(([id, lease]) => ({
        id,
        lease,
        receiptHandle: lease.receiptHandle,
        visibilitySeconds: Math.min(
          visibilitySeconds,
          Math.floor((lease.receivedAtMs + LONGEST_LEASE_MS - now) / 1000),
        ),
      }))
      .filter((change) => change.visibilitySeconds >= 1);
    if (asked.length === 0) return;

    const failures = new Map((await extend(asked)).map((entry) => [entry.index, entry]));
    asked.forEach(({ id, lease, receiptHandle }, index) => {
      if (leases.get(id) !== lease) return;
      const failure = failures.get(index);
      if (failure === undefined) plan(renewals, id, lease, visibilityMs / 2);
      else if (!failure.senderFault || lease.receiptHandle !== receiptHandle) {
        plan(retries, id, lease, visibilityMs * RETRY_PART);
      }
    });
  };

  const extend = async (asked: Parameters<Queue["changeVisibilityBatch"]>[0]): Promise<FailedEntry[]> => {
    try {
      return await queue.changeVisibilityBatch(
        asked.map(({ receiptHandle, visibilitySeconds: seconds }) => ({
          receiptHandle,
          visibilitySeconds: seconds,
        })),
      );
    } catch (error) {
      if (!isUnavailable(error)) options.onError(error);
      return asked.map((_, index) => ({ index, code: "call_failed", senderFault: !isUnavailable(error) }));
    }
  };

  return {
    hold: (id, receiptHandle) => {
      const known = leases.get(id);
      const lease = known ?? { receiptHandle, receivedAtMs: 0, renewAtMs: 0 };
      lease.receiptHandle = receiptHandle;
      lease.receivedAtMs = clock.now();
      leases.set(id, lease);
      plan(renewals, id, lease, visibilityMs / 2);
      return known === undefined;
    },
    receiptHandle: (id) => leases.get(id)?.receiptHandle,
    drop: (id) => {
      leases.delete(id);
      unplan(id);
      if (leases.size === 0) stopTimer();
    },
    close: () => {
      closed = true;
      stopTimer();
      return calls === 0 ? Promise.resolve() : new Promise((resolve) => onQuiet.push(resolve));
    },
  };
}
