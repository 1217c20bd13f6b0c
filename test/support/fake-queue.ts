import { type Clock, sleep } from "../../src/clock.js";
import { QueueError } from "../../src/errors.js";
import type {
  FailedEntry,
  Queue,
  QueueAttributes,
  QueueCounters,
  ReceiveRequest,
} from "../../src/fetcher/queue.js";
import type { ReceivedMessage } from "../../src/message.js";

const LONGEST_LEASE_MS = 12 * 60 * 60 * 1000;

export type QueueMethod = "receive" | "delete" | "extend" | "attributes";

/** One call, as it arrived. */
export interface QueueCall {
  readonly method: QueueMethod;
  readonly atMs: number;
  /** Of the batch calls: the message of each entry. */
  readonly messageIds: readonly string[];
  readonly visibilitySeconds: readonly number[];
}

/** How often SQS does what it may do, each between 0 and 1. */
export interface QueueChances {
  /** A receive brings fewer messages than there are. */
  readonly partialPage: number;
  /** A receive brings nothing although there are messages. */
  readonly falseEmpty: number;
  /** A receive brings, beside others, a message that somebody holds. */
  readonly redelivery: number;
  /** An entry of a batch call fails for no fault of the sender. */
  readonly failedEntry: number;
  /** A call is not carried out. */
  readonly unavailable: number;
  /** A call is carried out, and its answer is lost. */
  readonly lostAnswer: number;
}

export interface FakeQueueOptions {
  readonly clock: Clock;
  readonly chances?: Partial<QueueChances>;
  /** Each call takes up to this long. */
  readonly latencyMs?: number;
  /** The counters are taken so often; between two times they show what was. */
  readonly countersEveryMs?: number;
  /** What becomes of a batch entry with a handle that a newer delivery has replaced: both occur. */
  readonly staleHandles?: "ignored" | "refused";
  readonly onDelete?: (messageId: string) => void;
}

/** A queue in memory that does with messages what SQS does: by the clock, at least once, with handles that go stale. */
export interface FakeQueue extends Queue {
  /** Adds messages that become visible after `delayMs`; returns their ids. */
  send(bodies: readonly string[], delayMs?: number): string[];
  /** An error that the next calls end in, before they are carried out. */
  fault: ((call: QueueCall) => QueueError | undefined) | undefined;
  /** How long the next calls take besides, in milliseconds. */
  hang: ((call: QueueCall) => number) | undefined;
  /** May be changed at any time. */
  chances: Partial<QueueChances>;
  readonly calls: readonly QueueCall[];
  /** Messages handed out in answers that arrived. */
  delivered(): number;
  /** Ids of the messages that are not deleted. */
  left(): string[];
  /** Their counts at this moment. */
  counters(): QueueCounters;
}

interface Stored {
  readonly messageId: string;
  readonly body: string;
  readonly sentAtMs: number;
  visibleAtMs: number;
  receivedAtMs: number;
  receiveCount: number;
  /** Of the newest delivery. */
  receiptHandle: string;
}

export function unavailable(): QueueError {
  return new QueueError("unavailable", "queue_unreachable", "SQS does not answer");
}

export function denied(): QueueError {
  return new QueueError("failed", "queue_access_denied", "SQS said no");
}

export function createFakeQueue(options: FakeQueueOptions): FakeQueue {
  const { clock, latencyMs = 0, countersEveryMs = 0, staleHandles = "refused", onDelete } = options;
  const stored = new Map<string, Stored>();
  const calls: QueueCall[] = [];
  const requests = { receive: 0, delete: 0, extend: 0, other: 0 };
  let sent = 0;
  let delivered = 0;
  let shown: (QueueCounters & { readonly atMs: number }) | undefined;

  const happens = (event: keyof QueueChances): boolean => {
    const chance = queue.chances[event] ?? 0;
    return chance > 0 && clock.random() < chance;
  };

  const isVisible = ({ visibleAtMs }: Stored): boolean => visibleAtMs <= clock.now();

  const counters = (): QueueCounters => {
    const all = [...stored.values()];
    const visible = all.filter(isVisible).length;
    const delayed = all.filter((message) => !isVisible(message) && message.receiveCount === 0).length;
    return { visible, delayed, in_flight: all.length - visible - delayed };
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
      messageIds: entries.map(({ receiptHandle }) => idOf(receiptHandle)),
      visibilitySeconds: entries.flatMap(({ visibilitySeconds }) => visibilitySeconds ?? []),
    };
    calls.push(noted);
    requests[method === "attributes" ? "other" : method] += 1;
    if (latencyMs > 0) await sleep(clock, clock.random() * latencyMs);
    const hangMs = queue.hang?.(noted) ?? 0;
    if (hangMs > 0) await sleep(clock, hangMs);
    const error = queue.fault?.(noted) ?? (happens("unavailable") ? unavailable() : undefined);
    if (error !== undefined) throw error;
    const answer = await work();
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
      const message = stored.get(idOf(entry.receiptHandle));
      if (entry.receiptHandle === "") return [{ index, code: "ReceiptHandleIsInvalid", senderFault: true }];
      if (message !== undefined && message.receiptHandle !== entry.receiptHandle) {
        return staleHandles === "ignored"
          ? []
          : [{ index, code: "ReceiptHandleIsInvalid", senderFault: true }];
      }
      const code = message === undefined ? undefined : apply(message, entry);
      return code === undefined ? [] : [{ index, code, senderFault: true }];
    });
  };

  const handOut = (message: Stored, visibilitySeconds: number): ReceivedMessage => {
    message.receiveCount += 1;
    message.receivedAtMs = clock.now();
    message.visibleAtMs = clock.now() + visibilitySeconds * 1000;
    message.receiptHandle = `${message.messageId}#${message.receiveCount}`;
    const { messageId, body, sentAtMs, receiveCount, receiptHandle } = message;
    return { messageId, body, sentAtMs, receiveCount, receiptHandle, attributes: {} };
  };

  const page = (most: number): Stored[] => {
    const ready = [...stored.values()].filter(isVisible).slice(0, most);
    const some = happens("partialPage")
      ? ready.slice(0, 1 + Math.floor(clock.random() * ready.length))
      : ready;
    const held = [...stored.values()].filter((message) => !isVisible(message) && message.receiveCount > 0);
    const again = happens("redelivery") ? held[Math.floor(clock.random() * held.length)] : undefined;
    return again === undefined ? some : [again, ...some].slice(0, most);
  };

  /** A long poll: until there is something, its time is over, or it is cut off. */
  const poll = async (request: ReceiveRequest, signal?: AbortSignal): Promise<ReceivedMessage[]> => {
    const endMs = clock.now() + request.waitSeconds * 1000;
    const blind = happens("falseEmpty");
    for (;;) {
      if (signal?.aborted) throw new QueueError("failed", "aborted", "the call was cut off");
      const found = blind ? [] : page(request.maxMessages);
      const leftMs = endMs - clock.now();
      if (found.length > 0 || leftMs <= 0) {
        return found.map((message) => handOut(message, request.visibilitySeconds));
      }
      const soonestMs = Math.min(...[...stored.values()].map(({ visibleAtMs }) => visibleAtMs - clock.now()));
      await sleep(clock, blind ? leftMs : Math.min(leftMs, Math.max(1, soonestMs)), signal);
    }
  };

  const queue: FakeQueue = {
    url: "https://sqs.test/000000000000/fake",
    name: "fake",
    requests,
    calls,
    chances: options.chances ?? {},
    fault: undefined,
    hang: undefined,
    receive: async (request, signal) => {
      const messages = await call("receive", () => poll(request, signal));
      delivered += messages.length;
      return messages;
    },
    deleteBatch: (receiptHandles) => {
      const entries = receiptHandles.map((receiptHandle) => ({ receiptHandle }));
      const remove = ({ messageId }: Stored): undefined => {
        stored.delete(messageId);
        onDelete?.(messageId);
      };
      return call("delete", () => batch(entries, remove), entries);
    },
    changeVisibilityBatch: (changes) => {
      const change = (
        message: Stored,
        { visibilitySeconds }: (typeof changes)[number],
      ): string | undefined => {
        const untilMs = clock.now() + visibilitySeconds * 1000;
        if (isVisible(message)) return "AWS.SimpleQueueService.MessageNotInflight";
        if (untilMs > message.receivedAtMs + LONGEST_LEASE_MS) return "InvalidParameterValue";
        message.visibleAtMs = untilMs;
        return undefined;
      };
      return call("extend", () => batch(changes, change), changes);
    },
    attributes: () =>
      call("attributes", (): QueueAttributes => {
        if (shown === undefined || clock.now() - shown.atMs >= countersEveryMs) {
          shown = { ...counters(), atMs: clock.now() };
        }
        const { visible, in_flight, delayed } = shown;
        return {
          visible,
          in_flight,
          delayed,
          arn: undefined,
          fifo: false,
          visibilitySeconds: 30,
          maximumMessageBytes: 1024 * 1024,
          redrivePolicy: undefined,
        };
      }),
    close: () => {},
    send: (bodies, delayMs = 0) =>
      bodies.map((body) => {
        sent += 1;
        const messageId = `00000000-0000-4000-8000-${String(sent).padStart(12, "0")}`;
        stored.set(messageId, {
          messageId,
          body,
          sentAtMs: clock.now(),
          visibleAtMs: clock.now() + delayMs,
          receivedAtMs: 0,
          receiveCount: 0,
          receiptHandle: "",
        });
        return messageId;
      }),
    delivered: () => delivered,
    left: () => [...stored.keys()],
    counters,
  };
  return queue;
}

function idOf(receiptHandle: string): string {
  return receiptHandle.split("#")[0] ?? "";
}
