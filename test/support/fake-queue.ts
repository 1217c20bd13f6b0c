import { type Clock, sleep } from "../../src/clock.js";
import type { QueueError } from "../../src/errors.js";
import type {
  FailedEntry,
  Queue,
  QueueAttributes,
  QueueCounters,
  ReceiveRequest,
} from "../../src/fetcher/queue.js";
import type { ReceivedMessage } from "../../src/message.js";
import type { InFlightCap, QueueCall, QueueMethod } from "./fake-queue/call.js";
import type { QueueChances, StaleHandles } from "./fake-queue/chances.js";
import { cutOff, unavailable, unlessCutOff } from "./fake-queue/errors.js";
import { createStock, type Stored } from "./fake-queue/stock.js";
import { wakeable } from "./fake-queue/wakeable.js";

export type { InFlightCap, QueueCall, QueueMethod } from "./fake-queue/call.js";
export { denied, unavailable } from "./fake-queue/errors.js";

const LONGEST_LEASE_MS = 12 * 60 * 60 * 1000;

export interface FakeQueueOptions {
  readonly clock: Clock;
  readonly chances?: Partial<QueueChances>;
  /** Each call takes up to this long. */
  readonly latencyMs?: number;
  /** The counters are taken so often; between two times they show what was. */
  readonly countersEveryMs?: number;
  readonly staleHandles?: StaleHandles;
  /** Messages of a group come in order, and none of it while one of it is held. */
  readonly fifo?: boolean;
  readonly inFlightCap?: InFlightCap | undefined;
  readonly onDelete?: (messageId: string) => void;
  /** `lease ended`: it was handed out before, and nobody held it any more. */
  readonly onHandOut?: (messageId: string, why: "first" | "lease ended" | "again") => void;
  /** Told of everything that goes otherwise than one would wish, by its kind. */
  readonly onFault?: (kind: string) => void;
}

/** A queue in memory that does with messages what SQS does: by the clock, at least once, with handles that go stale. */
export interface FakeQueue extends Queue {
  /** Adds messages that become visible after `delayMs`; returns their ids. */
  send(bodies: readonly string[], delayMs?: number, groupId?: string): string[];
  /** An error that the next calls end in, before they are carried out. */
  fault: ((call: QueueCall) => QueueError | undefined) | undefined;
  /** How long the next calls take besides, in milliseconds, before they are carried out. */
  hang: ((call: QueueCall) => number) | undefined;
  /** How long their answers take. */
  lag: ((call: QueueCall) => number) | undefined;
  /** May be changed at any time. */
  chances: Partial<QueueChances>;
  /** May be changed at any time. */
  inFlightCap: InFlightCap | undefined;
  /** The next receives and counters that show an empty queue, whatever there is. */
  lies: { receives: number; counters: number };
  readonly calls: readonly QueueCall[];
  /** Another consumer takes up to so many messages and holds them for so long. */
  takeAway(count: number, holdMs: number): number;
  /** Messages handed out in answers that arrived. */
  delivered(): number;
  /** Ids of the messages that are not deleted. */
  left(): string[];
  /** Their counts at this moment. */
  counters(): QueueCounters;
}

export function createFakeQueue(options: FakeQueueOptions): FakeQueue {
  const { clock, latencyMs = 0, countersEveryMs = 0, staleHandles = "refused", onFault } = options;
  const stock = createStock(clock.now);
  const change = wakeable(clock);
  /** Whether what becomes of one message decides about others. */
  const isShared = options.fifo === true || options.inFlightCap !== undefined;
  const calls: QueueCall[] = [];
  const requests = { receive: 0, delete: 0, extend: 0, other: 0 };
  let sent = 0;
  let delivered = 0;
  let shown: (QueueCounters & { readonly atMs: number }) | undefined;

  const happens = (event: keyof QueueChances): boolean => {
    const chance = queue.chances[event] ?? 0;
    if (chance <= 0 || clock.random() >= chance) return false;
    onFault?.(event);
    return true;
  };

  /** The part that every call has in common: it is noted, takes its time, and may fail before or after its work. */
  const call = async <Answer>(
    method: QueueMethod,
    work: () => Answer | Promise<Answer>,
    entries: readonly { readonly receiptHandle: string; readonly visibilitySeconds?: number }[] = [],
  ): Promise<Answer> => {
    const noted = {
      method,
      atMs: clock.now(),
      messageIds: entries.map(({ receiptHandle }) => messageIdOf(receiptHandle)),
      visibilitySeconds: entries.flatMap(({ visibilitySeconds }) => visibilitySeconds ?? []),
    };
    calls.push(noted);
    requests[method === "attributes" ? "other" : method] += 1;
    const beforeMs = (latencyMs > 0 ? clock.random() * latencyMs : 0) + (queue.hang?.(noted) ?? 0);
    if (beforeMs > 0) await sleep(clock, beforeMs);
    const error = queue.fault?.(noted) ?? (happens("unavailable") ? unavailable() : undefined);
    if (error !== undefined) throw error;
    const answer = await work();
    const lagMs = queue.lag?.(noted) ?? 0;
    if (lagMs > 0) await sleep(clock, lagMs);
    if (happens("lostAnswer")) throw unavailable();
    return answer;
  };

  const batch = <Entry extends { readonly receiptHandle: string }>(
    entries: readonly Entry[],
    apply: (message: Stored, entry: Entry) => string | undefined,
  ): FailedEntry[] => {
    if (entries.length < 1 || entries.length > 10) throw new Error(`a batch of ${entries.length} entries`);
    return entries.flatMap((entry, index): FailedEntry[] => {
      if (happens("failedEntry")) return [{ index, code: "InternalError", senderFault: false }];
      const refused = { index, code: "ReceiptHandleIsInvalid", senderFault: true };
      if (entry.receiptHandle === "" || happens("refusedEntry")) return [refused];
      const message = stock.get(messageIdOf(entry.receiptHandle));
      if (message === undefined) return [];
      if (message.receiptHandle !== entry.receiptHandle) {
        const fate = staleHandles === "mixed" ? STALE[Math.floor(clock.random() * 3)] : staleHandles;
        onFault?.(`stale handle ${fate}`);
        if (fate === "ignored") return [];
        if (fate === "refused") return [refused];
      }
      const code = apply(message, entry);
      return code === undefined ? [] : [{ index, code, senderFault: true }];
    });
  };

  const handOut = (message: Stored, visibilityMs: number): ReceivedMessage => {
    const isAgain = message.receiveCount > 0 && !stock.isVisible(message);
    options.onHandOut?.(
      message.messageId,
      isAgain ? "again" : message.receiveCount > 0 ? "lease ended" : "first",
    );
    message.receiveCount += 1;
    message.receivedAtMs = clock.now();
    message.visibleAtMs = clock.now() + visibilityMs;
    message.receiptHandle = `${message.messageId}#${message.receiveCount}`;
    const { messageId, body, sentAtMs, receiveCount, receiptHandle, groupId } = message;
    const group = groupId === undefined ? {} : { groupId };
    return { messageId, body, sentAtMs, receiveCount, receiptHandle, ...group, attributes: {} };
  };

  const page = (wanted: number): Stored[] => {
    const cap = queue.inFlightCap;
    const room = cap === undefined ? wanted : Math.min(wanted, cap.most - stock.counters().in_flight);
    if (room < 1) {
      onFault?.(`in-flight cap ${cap?.answer}`);
      if (cap?.answer === "refused") throw unavailable("over_limit");
      return [];
    }
    const isMixed = !options.fifo && happens("disorder");
    const all = stock.ready(isMixed ? Number.POSITIVE_INFINITY : room);
    const ready = isMixed ? shuffled(all, clock.random).slice(0, room) : all;
    const some =
      ready.length > 1 && happens("partialPage")
        ? ready.slice(0, 1 + Math.floor(clock.random() * ready.length))
        : ready;
    if ((queue.chances.redelivery ?? 0) === 0 || options.fifo) return some;
    const again: Stored[] = [];
    for (const message of shuffled(stock.held(), clock.random)) {
      if (!happens("redelivery")) break;
      again.push(message);
    }
    return [...again, ...some].slice(0, wanted);
  };

  /** A long poll: until there is something, its time is over, or it is cut off. */
  const poll = async (request: ReceiveRequest, signal?: AbortSignal): Promise<ReceivedMessage[]> => {
    const endMs = clock.now() + request.waitSeconds * 1000;
    const isLie = queue.lies.receives > 0;
    if (isLie) {
      queue.lies.receives -= 1;
      onFault?.("looks empty once");
    }
    const blind = isLie || happens("falseEmpty");
    for (;;) {
      if (signal?.aborted && !happens("deafPoll")) throw cutOff();
      const found = blind ? [] : page(request.maxMessages);
      const leftMs = endMs - clock.now();
      if (found.length > 0 || leftMs <= 0) {
        return found.map((message) => handOut(message, request.visibilitySeconds * 1000));
      }
      if (blind) await sleep(clock, leftMs, signal?.aborted ? undefined : signal);
      else await change.wait(Math.min(leftMs, stock.nextVisibleMs()), signal?.aborted ? undefined : signal);
    }
  };

  const queue: FakeQueue = {
    url: "https://sqs.test/000000000000/fake",
    name: "fake",
    requests,
    calls,
    chances: options.chances ?? {},
    inFlightCap: options.inFlightCap,
    lies: { receives: 0, counters: 0 },
    fault: undefined,
    hang: undefined,
    lag: undefined,
    receive: async (request, signal) => {
      const messages = await unlessCutOff(
        call("receive", () => poll(request, signal)),
        signal,
      );
      delivered += messages.length;
      return messages;
    },
    deleteBatch: (receiptHandles) => {
      const entries = receiptHandles.map((receiptHandle) => ({ receiptHandle }));
      const remove = (message: Stored): undefined => {
        options.onDelete?.(message.messageId);
        if (!message.isGhost && happens("undeleted")) message.isGhost = true;
        else stock.remove(message.messageId);
        if (isShared) change.wake();
      };
      return call("delete", () => batch(entries, remove), entries);
    },
    changeVisibilityBatch: (changes) => {
      const apply = (
        message: Stored,
        { visibilitySeconds }: (typeof changes)[number],
      ): string | undefined => {
        const untilMs = clock.now() + visibilitySeconds * 1000;
        if (stock.isVisible(message)) return "AWS.SimpleQueueService.MessageNotInflight";
        if (untilMs > message.receivedAtMs + LONGEST_LEASE_MS) return "InvalidParameterValue";
        message.visibleAtMs = untilMs;
        change.wake();
        return undefined;
      };
      return call("extend", () => batch(changes, apply), changes);
    },
    attributes: () =>
      call("attributes", (): QueueAttributes => {
        if (shown === undefined || clock.now() - shown.atMs >= countersEveryMs) {
          shown = { ...stock.counters(), atMs: clock.now() };
        }
        const { in_flight, delayed } = shown;
        const isLie = queue.lies.counters > 0;
        if (isLie) queue.lies.counters -= 1;
        return {
          visible: isLie ? 0 : shown.visible,
          in_flight,
          delayed,
          arn: undefined,
          fifo: options.fifo ?? false,
          visibilitySeconds: 30,
          maximumMessageBytes: 1024 * 1024,
          redrivePolicy: undefined,
        };
      }),
    close: () => {},
    takeAway: (count, holdMs) => {
      const taken = stock.ready(count);
      for (const message of taken) handOut(message, holdMs);
      return taken.length;
    },
    send: (bodies, delayMs = 0, groupId = undefined) => {
      change.wake();
      return bodies.map((body) => {
        sent += 1;
        const messageId = `00000000-0000-4000-8000-${String(sent).padStart(12, "0")}`;
        stock.add({
          messageId,
          body,
          groupId: groupId ?? (options.fifo ? messageId : undefined),
          sentAtMs: clock.now(),
          visibleAtMs: clock.now() + delayMs,
          receivedAtMs: 0,
          receiveCount: 0,
          receiptHandle: "",
          isGhost: false,
        });
        return messageId;
      });
    },
    delivered: () => delivered,
    left: stock.ids,
    counters: stock.counters,
  };
  return queue;
}

const STALE = ["ignored", "refused", "honoured"] as const;

/** The message that a receipt handle of this queue is for. */
export function messageIdOf(receiptHandle: string): string {
  return receiptHandle.split("#")[0] ?? "";
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
