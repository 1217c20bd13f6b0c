import type { Clock } from "../clock.js";
import { isUnavailable } from "../errors.js";
import { PAGE_SIZE } from "./permits.js";
import type { FailedEntry, Queue } from "./queue.js";
import { createWaitingLine, type Waiting, type WaitingLine } from "./waiting-line.js";

/** SQS ends every lease twelve hours after the receive, whatever is asked for. */
const LONGEST_LEASE_MS = 12 * 60 * 60 * 1000;

/** A renewal that failed for no fault of ours is tried again after this part of the visibility timeout. */
const RETRY_PART = 1 / 8;

/** How many renewal calls may be under way at once. */
const PARALLEL_CALLS = 8;

interface Lease extends Waiting<Lease> {
  readonly id: string;
  receiptHandle: string;
  receivedAtMs: number;
  renewAtMs: number;
}

/** Leases in order of renewal: those of a line wait equally long, so that they come and are due in the same order. */
type Schedule = WaitingLine<Lease>;

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
  const renewals: Schedule = createWaitingLine();
  const retries: Schedule = createWaitingLine();
  let calls = 0;
  let closed = false;
  const onQuiet: (() => void)[] = [];
  let timer: { readonly atMs: number; readonly cancel: () => void } | undefined;

  const plan = (schedule: Schedule, lease: Lease, renewAtMs: number): void => {
    lease.line?.remove(lease);
    lease.renewAtMs = renewAtMs;
    schedule.add(lease);
    if (timer === undefined || renewAtMs < timer.atMs) wake();
  };

  const earliest = (): Lease | undefined => {
    const [renewal, retry] = [renewals.first(), retries.first()];
    if (renewal === undefined || retry === undefined) return renewal ?? retry;
    return retry.renewAtMs < renewal.renewAtMs ? retry : renewal;
  };

  const wake = (): void => {
    if (closed || calls >= PARALLEL_CALLS) return;
    const atMs = earliest()?.renewAtMs;
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

  const takeDue = (): Lease[] => {
    const due: Lease[] = [];
    while (due.length < PAGE_SIZE) {
      const first = earliest();
      if (first === undefined || first.renewAtMs > clock.now()) break;
      first.line?.remove(first);
      due.push(first);
    }
    return due;
  };

  const renew = async (due: readonly Lease[]): Promise<void> => {
    const now = clock.now();
    const asked = due
      .map((lease) => ({
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
    asked.forEach(({ lease, receiptHandle }, index) => {
      if (leases.get(lease.id) !== lease) return;
      const failure = failures.get(index);
      if (failure === undefined) plan(renewals, lease, clock.now() + visibilityMs / 2);
      else if (!failure.senderFault || lease.receiptHandle !== receiptHandle) {
        plan(retries, lease, clock.now() + visibilityMs * RETRY_PART);
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
      const now = clock.now();
      const known = leases.get(id);
      const lease = known ?? newLease(id, receiptHandle, now);
      if (known === undefined) leases.set(id, lease);
      lease.receiptHandle = receiptHandle;
      lease.receivedAtMs = now;
      plan(renewals, lease, now + visibilityMs / 2);
      return known === undefined;
    },
    receiptHandle: (id) => leases.get(id)?.receiptHandle,
    drop: (id) => {
      const lease = leases.get(id);
      lease?.line?.remove(lease);
      leases.delete(id);
      if (leases.size === 0) stopTimer();
    },
    close: () => {
      closed = true;
      stopTimer();
      return calls === 0 ? Promise.resolve() : new Promise((resolve) => onQuiet.push(resolve));
    },
  };
}

/** With all of its fields from the start: one object a message is made. */
function newLease(id: string, receiptHandle: string, now: number): Lease {
  return {
    id,
    receiptHandle,
    receivedAtMs: now,
    renewAtMs: now,
    line: undefined,
    before: undefined,
    after: undefined,
  };
}
