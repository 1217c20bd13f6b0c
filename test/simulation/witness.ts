import type { Clock } from "../../src/clock.js";
import { type DrainLimits, maxMessagesInHand } from "../../src/drain/limits.js";
import type { FailedEntry, Queue } from "../../src/fetcher/queue.js";
import type { Store } from "../../src/loader/store.js";
import { messageIdOf } from "../support/fake-queue.js";
import { mayBeRejected } from "../support/sample-bodies.js";

/** A message that cannot be deleted is given up after a minute: from here on it may be out of hand. */
const MAY_BE_GIVEN_UP_MS = 50_000;

export interface WitnessOptions {
  readonly clock: Clock;
  readonly queue: Queue;
  readonly store: Store;
  readonly limits: DrainLimits;
  readonly fifo: boolean;
  readonly quarantine: boolean;
  readonly dryRun: boolean;
  /** Whether a message's row or its sealed reject is committed. */
  readonly isKept: (messageId: string) => boolean;
  readonly onBroken: (what: string) => void;
  readonly trace: ((line: string) => void) | undefined;
}

/** Stands between one drain and the world, looks at every call, and tells what should not be. */
export interface Witness {
  readonly queue: Queue;
  readonly store: Store;
  readonly seen: Readonly<Seen>;
  /** Whether the drain has this message in hand, or keeps its lease. */
  holds(messageId: string): boolean;
  /** The drain has reported: nothing more is to be received. */
  reported(): void;
  /** Receives, deletes and statements that have no answer yet. Renewals, counters and giving back are not waited for. */
  underWay(): number;
  /** It has reported while a give-back was under way: that may still touch the lease of whoever receives the message next. */
  leftGivingBack(): boolean;
}

interface Seen {
  received: number;
  /** Some message came more than once. */
  hasRepeats: boolean;
  /** Entries of delete calls that were confirmed. */
  deleted: number;
  /** How many of those with a handle that a newer one had replaced: such a delete need not be one. */
  confirmedStale: number;
  /** How many of those messages came again later. */
  cameBack: number;
  /** Messages that were asked to be deleted. */
  readonly askedToDelete: Set<string>;
  statements: number;
  storeCalls: number;
  /** The run's end is written down. */
  isRecorded: boolean;
  /** Time in which calls other than receives were under way, each on its own. */
  busyMs: number;
}

export function createWitness(options: WitnessOptions): Witness {
  const { clock, queue, store, limits, onBroken, trace } = options;
  const seen: Seen = {
    received: 0,
    hasRepeats: false,
    deleted: 0,
    confirmedStale: 0,
    cameBack: 0,
    askedToDelete: new Set(),
    statements: 0,
    storeCalls: 0,
    isRecorded: false,
    busyMs: 0,
  };
  /** In hand, with the time since when it cannot be deleted. */
  const inHand = new Map<string, number>();
  /** Groups in which a reject may hold back what is behind it: that is left at a moment that nobody can see from here. */
  const unsureGroups = new Set<string>();
  const groupOf = new Map<string, string>();
  const parked = new Set<string>();
  const confirmed = new Set<string>();
  const newestHandles = new Map<string, string>();
  const requests = { receive: 0, delete: 0, extend: 0, other: 0 };
  const mostInHand = options.dryRun ? Number.POSITIVE_INFINITY : maxMessagesInHand(limits, options.fifo);
  let asked = 0;
  let underWay = 0;
  let givingBack = 0;
  let leftGivingBack = false;
  let hasReported = false;
  let closed = false;

  const surelyInHand = (): number => {
    let count = 0;
    for (const [id, failingSinceMs] of inHand) {
      if (unsureGroups.has(groupOf.get(id) ?? "")) continue;
      if (clock.now() - failingSinceMs < MAY_BE_GIVEN_UP_MS) count += 1;
    }
    return count;
  };

  const watched = async <Answer>(
    what: string,
    call: () => Promise<Answer>,
    counts = true,
  ): Promise<Answer> => {
    const startMs = clock.now();
    if (counts) underWay += 1;
    trace?.(`> ${what}`);
    try {
      const answer = await call();
      trace?.(`< ${what}: ${JSON.stringify(answer)}`);
      return answer;
    } catch (error) {
      trace?.(`! ${what}: ${error instanceof Error ? error.message : "?"}`);
      throw error;
    } finally {
      if (counts) underWay -= 1;
      if (!what.startsWith("receive")) seen.busyMs += clock.now() - startMs;
    }
  };

  const mustBeNewest = (receiptHandle: string): void => {
    const newest = newestHandles.get(messageIdOf(receiptHandle));
    if (newest !== receiptHandle) onBroken(`it uses ${receiptHandle} where it has ${newest}`);
  };

  const outOfHand = (ids: readonly string[]): void => {
    for (const id of ids) inHand.delete(id);
  };

  const notDeleted = (id: string): void => {
    if (inHand.get(id) === Number.POSITIVE_INFINITY) inHand.set(id, clock.now());
  };

  const readDeletes = (receiptHandles: readonly string[], failed: readonly FailedEntry[]): void => {
    const failures = new Map(failed.map((entry) => [entry.index, entry]));
    receiptHandles.forEach((receiptHandle, index) => {
      const id = messageIdOf(receiptHandle);
      const failure = failures.get(index);
      const isNewest = newestHandles.get(id) === receiptHandle;
      if (failure === undefined) {
        seen.deleted += 1;
        if (isNewest) confirmed.add(id);
        else seen.confirmedStale += 1;
      }
      if (failure?.senderFault === false) notDeleted(id);
      else if (isNewest) inHand.delete(id);
    });
  };

  return {
    seen,
    holds: (messageId) => !closed && (inHand.has(messageId) || parked.has(messageId)),
    reported: () => {
      hasReported = true;
      closed = true;
      leftGivingBack = givingBack > 0;
    },
    underWay: () => underWay,
    leftGivingBack: () => leftGivingBack,
    queue: {
      url: queue.url,
      name: queue.name,
      requests,
      close: () => {},
      attributes: () => {
        requests.other += 1;
        return watched("attributes", () => queue.attributes(), false);
      },
      receive: async (request, signal) => {
        requests.receive += 1;
        const { maxMessages, waitSeconds } = request;
        if (hasReported) onBroken("it receives after its report");
        if (maxMessages < 1 || maxMessages > 10 || waitSeconds < 1) onBroken("a receive out of SQS's bounds");
        asked += maxMessages;
        const inHandNow = surelyInHand();
        if (inHandNow + asked > mostInHand) {
          onBroken(`${inHandNow} in hand and ${asked} asked for, ${mostInHand} allowed`);
        }
        if (seen.received + asked > (limits.max ?? Number.POSITIVE_INFINITY)) {
          onBroken(`${seen.received} received and ${asked} asked for, --max ${limits.max}`);
        }
        try {
          const messages = await watched(`receive ${maxMessages}`, () => queue.receive(request, signal));
          seen.received += messages.length;
          for (const { messageId, receiptHandle, body, groupId } of messages) {
            if (options.fifo && !options.quarantine && groupId !== undefined) {
              groupOf.set(messageId, groupId);
              if (mayBeRejected(body)) unsureGroups.add(groupId);
            }
            seen.hasRepeats ||= newestHandles.has(messageId);
            newestHandles.set(messageId, receiptHandle);
            if (confirmed.delete(messageId)) seen.cameBack += 1;
            // One that is in hand still fails since it began to: a redelivery changes nothing about that.
            inHand.set(messageId, inHand.get(messageId) ?? Number.POSITIVE_INFINITY);
            parked.delete(messageId);
          }
          return messages;
        } finally {
          asked -= maxMessages;
        }
      },
      deleteBatch: async (receiptHandles) => {
        requests.delete += 1;
        const ids = receiptHandles.map(messageIdOf);
        receiptHandles.forEach(mustBeNewest);
        for (const id of ids) {
          if (!options.isKept(id)) onBroken(`it deletes ${id} before it is committed`);
          seen.askedToDelete.add(id);
        }
        try {
          const failed = await watched(`delete ${receiptHandles.join(" ")}`, () =>
            queue.deleteBatch(receiptHandles),
          );
          readDeletes(receiptHandles, failed);
          return failed;
        } catch (error) {
          ids.forEach(notDeleted);
          throw error;
        }
      },
      changeVisibilityBatch: async (changes) => {
        requests.extend += 1;
        const what = changes.map(
          ({ receiptHandle, visibilitySeconds }) => `${receiptHandle} ${visibilitySeconds} s`,
        );
        const ids = changes.flatMap(({ receiptHandle, visibilitySeconds }) =>
          visibilitySeconds === 0 ? [messageIdOf(receiptHandle)] : [],
        );
        outOfHand(ids);
        // From here on no lease is renewed.
        if (ids.length > 0) closed = true;
        givingBack += ids.length;
        try {
          return await watched(
            `extend ${what.join(", ")}`,
            () => queue.changeVisibilityBatch(changes),
            false,
          );
        } finally {
          givingBack -= ids.length;
        }
      },
    },
    store: {
      ...store,
      load: (batch, attempt) => {
        seen.statements += 1;
        seen.storeCalls += 1;
        const ids = batch.messages.map(({ messageId }) => messageId).join(" ");
        return watched(`load ${batch.stamp}${attempt.isRetry ? " again" : ""} ${ids}`, () =>
          store.load(batch, attempt),
        );
      },
      saveRejects: async (rejects) => {
        seen.storeCalls += 1;
        const ids = rejects.map(({ messageId }) => messageId);
        await watched(`saveRejects ${ids.join(" ")}`, () => store.saveRejects(rejects));
        if (options.quarantine) return;
        outOfHand(ids);
        for (const id of ids) parked.add(id);
      },
      startRun: (run) => watched("startRun", () => store.startRun(run)),
      finishRun: async (run) => {
        // The leases have been let go by now.
        closed = true;
        seen.storeCalls += 1;
        await watched(`finishRun ${JSON.stringify(run.counters)}`, () => store.finishRun(run));
        seen.isRecorded = true;
      },
      prune: () => watched("prune", () => store.prune()),
    },
  };
}
