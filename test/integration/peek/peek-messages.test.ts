import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { systemClock } from "../../../src/clock.js";
import { type PeekMessagesOptions, peekMessages } from "../../../src/drain/peek-messages.js";
import { InterruptedError, QueueError } from "../../../src/errors.js";
import type { Queue } from "../../../src/fetcher/queue.js";
import { openQueue } from "../../../src/fetcher/sqs/open-queue.js";
import type { Offload } from "../../../src/payloads/offload.js";
import type { Transform } from "../../../src/transform/types.js";
import { stubAwsSettings } from "../../support/aws-settings.js";
import { type SqsServer, startSqs, type TestQueue } from "../../support/sqs.js";

const REJECT = { stage: "parse", code: "not_json", field: null, reason: "the body is not JSON" } as const;
const WARNING = { column: "b", code: "not_convertible" } as const;

/** Bodies `x` are rejects, bodies `w` are warned about. */
const transform: Transform = ({ body }) => {
  if (body === "x") return { reject: REJECT };
  return { rows: [{ target: 0, values: [body, 1], ...(body === "w" && { warnings: [WARNING] }) }] };
};

let server: SqsServer;
const opened: Queue[] = [];

beforeAll(async () => {
  server = await startSqs();
});
afterAll(() => server.stop());
beforeEach(() => stubAwsSettings({ ...server.environment, AWS_MAX_ATTEMPTS: "1" }));
afterEach(() => {
  for (const queue of opened.splice(0)) queue.close();
  vi.unstubAllEnvs();
});

async function open(there: TestQueue): Promise<Queue> {
  const queue = await openQueue({ queue: there.url, maxSockets: 2 });
  opened.push(queue);
  return queue;
}

function options(queue: Queue, more: Partial<PeekMessagesOptions> = {}): PeekMessagesOptions {
  return {
    queue,
    transform,
    targets: [{ table: "events", columns: ["a", "b"] }],
    max: 10,
    visibilitySeconds: 600,
    clock: systemClock,
    signal: new AbortController().signal,
    kill: new AbortController().signal,
    ...more,
  };
}

const oneRow = (row: object): object => ({ row, rows: [{ target: 0, table: "events", row }] });

/** The queue, with some of its methods replaced. */
function altered(queue: Queue, methods: Partial<Queue>): Queue {
  return { ...queue, ...methods };
}

describe("peek", () => {
  test("shows rows, rejects and warnings, and gives every message back at once", async () => {
    const there = server.createQueue("mixed");
    const sent = there.send(["r", "x", "w"], { sentAtMs: Date.UTC(2026, 0, 2, 3, 4, 5) });
    const result = await peekMessages(options(await open(there)));
    expect(result).toMatchObject({
      queue: "mixed",
      table: "events",
      columns: ["a", "b"],
      fifo: false,
      counters: { visible: 3, in_flight: 0, delayed: 0 },
      redrive_policy: null,
      not_released: 0,
      near_redrive: [],
    });
    const common = { sent_at: "2026-01-02T03:04:05.000Z", receive_count: 1, group_id: null };
    expect(result.messages).toEqual([
      { ...common, ...oneRow({ a: "r", b: 1 }), message_id: sent[0]?.messageId, reject: null, warnings: [] },
      { ...common, message_id: sent[1]?.messageId, row: null, rows: [], reject: REJECT, warnings: [] },
      {
        ...common,
        ...oneRow({ a: "w", b: 1 }),
        message_id: sent[2]?.messageId,
        reject: null,
        warnings: [WARNING],
      },
    ]);
    expect(there.counts()).toEqual({ visible: 3, in_flight: 0, delayed: 0 });
  });

  test("raw, without a transform: bodies", async () => {
    const there = server.createQueue("raw");
    there.send(["r", "x"]);
    const result = await peekMessages(options(await open(there), { transform: undefined }));
    expect(result.messages).toMatchObject([
      { body: "r", row: null, reject: null },
      { body: "x", row: null, reject: null },
    ]);
    expect(there.counts().visible).toBe(2);
  });

  test("without raw no body is shown", async () => {
    const there = server.createQueue("discreet");
    there.send(["x"]);
    const result = await peekMessages(options(await open(there)));
    expect(result.messages[0]).not.toHaveProperty("body");
  });

  test.each([1, 9, 10, 11, 25])("asks for %i of 30 and not one more", async (max) => {
    const there = server.createQueue(`exactly-${max}`);
    there.send(Array.from({ length: 30 }, () => "r"));
    const queue = await open(there);
    const receive = vi.fn(queue.receive);
    const result = await peekMessages(options(altered(queue, { receive }), { max }));
    expect(result.messages).toHaveLength(max);
    expect(receive.mock.calls.reduce((sum, [{ maxMessages }]) => sum + maxMessages, 0)).toBe(max);
    expect(receive.mock.calls.every(([{ waitSeconds }]) => waitSeconds === 1)).toBe(true);
    expect(there.counts()).toEqual({ visible: 30, in_flight: 0, delayed: 0 });
    expect(queue.requests).toMatchObject({ receive: Math.ceil(max / 10), extend: Math.ceil(max / 10) });
  });

  test("an empty queue shows nothing", async () => {
    const result = await peekMessages(options(await open(server.createQueue("empty"))));
    expect(result).toMatchObject({ messages: [], not_released: 0, counters: { visible: 0 } });
  });

  test("a FIFO queue's groups are shown, and free again afterwards", async () => {
    const there = server.createQueue("peek.fifo");
    there.send(["r"], { groupId: "g" });
    there.send(["r"], { groupId: "h" });
    const queue = await open(there);
    const first = await peekMessages(options(queue));
    expect(first).toMatchObject({ fifo: true, messages: [{ group_id: "g" }, { group_id: "h" }] });
    const again = await peekMessages(options(queue));
    expect(again.messages.map(({ message_id }) => message_id)).toEqual(
      first.messages.map(({ message_id }) => message_id),
    );
  });

  test("messages that the next receive may move to the dead-letter queue are named", async () => {
    const dead = server.createQueue("peek-dead");
    const there = server.createQueue("near", { deadLetter: { queue: dead, maxReceiveCount: 2 } });
    const [sent] = there.send(["r"]);
    const queue = await open(there);
    expect(await peekMessages(options(queue))).toMatchObject({
      redrive_policy: { deadLetterTargetArn: dead.arn, maxReceiveCount: 2 },
      near_redrive: [],
    });
    expect((await peekMessages(options(queue))).near_redrive).toEqual([sent?.messageId]);
  });

  test("a message that is delivered twice is shown once and given back by its newest handle", async () => {
    const there = server.createQueue("twice");
    const sent = there.send(["r"]);
    there.deliverAgain(sent);
    const queue = await open(there);
    const handles: string[] = [];
    const released: string[] = [];
    const watched = altered(queue, {
      // One at a time, so that the second delivery comes after the first.
      receive: async (request) => {
        const page = await queue.receive({ ...request, maxMessages: 1 });
        handles.push(...page.map(({ receiptHandle }) => receiptHandle));
        return page;
      },
      changeVisibilityBatch: (changes) => {
        released.push(...changes.map(({ receiptHandle }) => receiptHandle));
        return queue.changeVisibilityBatch(changes);
      },
    });
    const result = await peekMessages(options(watched));
    expect(result.messages).toHaveLength(1);
    expect(handles).toHaveLength(2);
    expect(released).toEqual(handles.slice(1));
  });
});

describe("a peek that does not go to its end", () => {
  test("stopped in the middle: everything is given back, and what was seen is shown", async () => {
    const there = server.createQueue("stopped");
    there.send(Array.from({ length: 40 }, () => "r"));
    const queue = await open(there);
    const control = new AbortController();
    const watched = altered(queue, {
      receive: async (request) => {
        const page = await queue.receive(request);
        if (queue.requests.receive === 2) control.abort();
        return page;
      },
    });
    const result = await peekMessages(options(watched, { max: 40, signal: control.signal }));
    expect(result.messages).toHaveLength(20);
    expect(result.not_released).toBe(0);
    expect(there.counts()).toEqual({ visible: 40, in_flight: 0, delayed: 0 });
  });

  test("stopped while it waits: a message that comes with that answer is given back too", async () => {
    const there = server.createQueue("stopped-waiting");
    there.send(["r"]);
    const queue = await open(there);
    const control = new AbortController();
    const watched = altered(queue, {
      receive: (request, signal) => {
        const receiving = queue.receive(request, signal);
        control.abort();
        return receiving;
      },
    });
    const result = await peekMessages(options(watched, { signal: control.signal }));
    expect(result.messages).toHaveLength(1);
    expect(there.counts()).toEqual({ visible: 1, in_flight: 0, delayed: 0 });
  });

  test("stopped before it begins: nothing is received", async () => {
    const there = server.createQueue("stopped-before");
    there.send(["r"]);
    const queue = await open(there);
    const peeking = peekMessages(options(queue, { signal: AbortSignal.abort() }));
    await expect(peeking).rejects.toThrow(InterruptedError);
    expect(queue.requests.receive).toBe(0);
  });

  test("an error ends it, after everything was given back", async () => {
    const there = server.createQueue("failing");
    there.send(Array.from({ length: 15 }, () => "r"));
    const queue = await open(there);
    const denied = new QueueError("failed", "access_denied", "no");
    const watched = altered(queue, {
      receive: (request) => (queue.requests.receive === 0 ? queue.receive(request) : Promise.reject(denied)),
    });
    await expect(peekMessages(options(watched, { max: 20 }))).rejects.toBe(denied);
    expect(there.counts()).toEqual({ visible: 15, in_flight: 0, delayed: 0 });
  });

  test("what could not be given back is counted, and the rest is given back", async () => {
    const there = server.createQueue("stuck");
    there.send(Array.from({ length: 3 }, () => "r"));
    const queue = await open(there);
    const watched = altered(queue, {
      receive: async (request) =>
        (await queue.receive(request)).map((message, index) =>
          index === 1 ? { ...message, receiptHandle: "no handle" } : message,
        ),
    });
    const result = await peekMessages(options(watched));
    expect(result.not_released).toBe(1);
    expect(there.counts()).toEqual({ visible: 2, in_flight: 1, delayed: 0 });
  });

  test("a message whose visibility timeout has ended already counts as given back", async () => {
    const there = server.createQueue("back-already");
    there.send(["r"]);
    const queue = await open(there);
    const watched = altered(queue, {
      changeVisibilityBatch: () =>
        Promise.resolve([{ index: 0, code: "MessageNotInflight", senderFault: true }]),
    });
    expect((await peekMessages(options(watched))).not_released).toBe(0);
  });
});

describe("payloads that are not in their messages", () => {
  const pointed = (fetch: Offload["fetch"]): PeekMessagesOptions["offload"] => ({
    pointerOf: ({ body }) => (body.startsWith("s3:") ? { bucket: "b", key: body.slice(3) } : undefined),
    fetch,
  });
  const fetching: Transform = (message, payload) => transform({ ...message, body: payload ?? message.body });

  test("are shown in the place of their pointers", async () => {
    const there = server.createQueue("pointed");
    there.send(["s3:r", "r", "s3:x", "s3:gone"]);
    const fetch: Offload["fetch"] = async ({ key }) =>
      key === "gone" ? { reject: REJECT } : { text: key, bytes: key.length };
    const result = await peekMessages(
      options(await open(there), { transform: fetching, offload: pointed(fetch) }),
    );
    expect(result.messages.map(({ row, reject }) => row ?? reject)).toEqual([
      { a: "r", b: 1 },
      { a: "r", b: 1 },
      REJECT,
      REJECT,
    ]);
  });

  test("are not waited for after a stop, and every message is back by then", async () => {
    const there = server.createQueue("hanging");
    there.send(["s3:r"]);
    const stop = new AbortController();
    const fetch: Offload["fetch"] = () => {
      stop.abort();
      return new Promise(() => {});
    };
    const given = { transform: fetching, offload: pointed(fetch), signal: stop.signal };
    await expect(peekMessages(options(await open(there), given))).rejects.toThrow(InterruptedError);
    expect(there.counts()).toEqual({ visible: 1, in_flight: 0, delayed: 0 });
  });
});
