import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Queue } from "../../../src/fetcher/queue.js";
import { stubAwsSettings } from "../../support/aws-settings.js";
import { QUEUE_CLIENTS } from "../../support/queue-clients.js";
import { type SqsServer, startSqs, type TestQueue } from "../../support/sqs.js";
import { type SqsFaults, startSqsFaults } from "../../support/sqs-faults.js";

const RECEIVE = { maxMessages: 10, waitSeconds: 1, visibilitySeconds: 30 };

describe.each(QUEUE_CLIENTS)("$way", (client) => {
  let server: SqsServer;
  /** Shows which way requests come. */
  let witness: SqsFaults;
  let sender: SQSClient;
  const opened: Queue[] = [];

  beforeAll(async () => {
    server = await startSqs();
    witness = await startSqsFaults(server.endpoint);
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
    sender = new SQSClient(server.client);
  });
  afterAll(async () => {
    sender.destroy();
    await witness.stop();
    await server.stop();
  });
  beforeEach(() => stubAwsSettings({ ...server.environment, AWS_ENDPOINT_URL_SQS: witness.endpoint }));
  afterEach(() => {
    for (const queue of opened.splice(0)) queue.close();
    vi.unstubAllEnvs();
  });

  async function open(testQueue: TestQueue): Promise<Queue> {
    const queue = await client.open({ queue: testQueue.url, maxSockets: 4 });
    opened.push(queue);
    return queue;
  }

  /** Over the wire, as an application sends. */
  async function send(queue: TestQueue, input: Omit<SendMessageCommandInput, "QueueUrl">): Promise<string> {
    const answer = await sender.send(new SendMessageCommand({ QueueUrl: queue.url, ...input }));
    return answer.MessageId ?? "";
  }

  describe("receive", () => {
    test("gives body, time, count and message attributes", async () => {
      const there = server.createQueue("receive-all");
      const before = Date.now();
      const messageId = await send(there, {
        MessageBody: '{"a":"ä€"}',
        MessageAttributes: {
          source: { DataType: "String", StringValue: "app" },
          weight: { DataType: "Number", StringValue: "1.5" },
          picture: { DataType: "Binary", BinaryValue: new Uint8Array([1, 2, 3]) },
        },
      });
      const after = Date.now();
      const queue = await open(there);
      const [message, ...more] = await queue.receive(RECEIVE);
      expect(more).toEqual([]);
      expect(message).toEqual({
        messageId,
        receiptHandle: expect.stringMatching(/./),
        body: '{"a":"ä€"}',
        sentAtMs: expect.toSatisfy((value: number) => value >= before && value <= after),
        receiveCount: 1,
        attributes: { source: "app", weight: "1.5" },
      });
    });

    test("gives bodies as they are", async () => {
      const there = server.createQueue("receive-raw");
      const bodies = ["", "{", "\ufeff{}", "😀", "a\u0000b", "x".repeat(1_048_576)];
      there.send(bodies);
      const queue = await open(there);
      const page = await queue.receive(RECEIVE);
      expect(page.map(({ body }) => body)).toEqual(bodies);
    });

    test("gives the group and the sequence number of a FIFO queue's message", async () => {
      const there = server.createQueue("groups.fifo");
      await send(there, { MessageBody: "{}", MessageGroupId: "tenant-7" });
      const queue = await open(there);
      const sequenceNumber = expect.stringMatching(/^\d+$/);
      expect(await queue.receive(RECEIVE)).toMatchObject([{ groupId: "tenant-7", sequenceNumber }]);
    });

    test("asks for no more than was said, and counts its requests", async () => {
      const there = server.createQueue("limits");
      there.send(Array.from({ length: 12 }, () => "{}"));
      const queue = await open(there);
      expect(await queue.receive({ ...RECEIVE, maxMessages: 3 })).toHaveLength(3);
      expect(await queue.receive(RECEIVE)).toHaveLength(9);
      expect(await queue.receive(RECEIVE)).toEqual([]);
      expect(queue.requests).toEqual({ receive: 3, delete: 0, extend: 0, other: 0 });
    });

    test("holds messages for as long as was said", async () => {
      const there = server.createQueue("visibility", { attributes: { VisibilityTimeout: "600" } });
      there.send(["{}"]);
      const queue = await open(there);
      expect(await queue.receive({ ...RECEIVE, visibilitySeconds: 0 })).toMatchObject([{ receiveCount: 1 }]);
      expect(await queue.receive(RECEIVE)).toMatchObject([{ receiveCount: 2 }]);
      expect(there.counts()).toEqual({ visible: 0, in_flight: 1, delayed: 0 });
    });

    test("waits for messages to come, and an abort ends the wait", async () => {
      const there = server.createQueue("waiting");
      const queue = await open(there);
      const control = new AbortController();
      const receiving = queue.receive({ ...RECEIVE, waitSeconds: 20 }, control.signal);
      control.abort();
      await expect(receiving).rejects.toMatchObject({ code: "aborted" });
    });
  });

  describe("deleteBatch", () => {
    test("removes the messages", async () => {
      const there = server.createQueue("delete-good");
      there.send(Array.from({ length: 10 }, () => "{}"));
      const queue = await open(there);
      const page = await queue.receive(RECEIVE);
      expect(await queue.deleteBatch(page.map(({ receiptHandle }) => receiptHandle))).toEqual([]);
      expect(there.messageIds()).toEqual([]);
      expect(queue.requests.delete).toBe(1);
    });

    test("a handle that is none does not keep the others from being deleted", async () => {
      const there = server.createQueue("delete-mixed");
      there.send(Array.from({ length: 3 }, () => "{}"));
      const queue = await open(there);
      const [first, second, third] = (await queue.receive(RECEIVE)).map(({ receiptHandle }) => receiptHandle);
      // AWS answers with ReceiptHandleIsInvalid for the second entry, this server with nothing.
      await queue.deleteBatch([first ?? "", "no handle", second ?? "", third ?? ""]);
      expect(there.messageIds()).toEqual([]);
    });
  });

  describe("changeVisibilityBatch", () => {
    test("0 gives messages back at once, and they are received again", async () => {
      const there = server.createQueue("give-back");
      there.send(["{}", "{}"]);
      const queue = await open(there);
      const page = await queue.receive(RECEIVE);
      const changes = page.map(({ receiptHandle }) => ({ receiptHandle, visibilitySeconds: 0 }));
      expect(await queue.changeVisibilityBatch(changes)).toEqual([]);
      expect(there.counts()).toEqual({ visible: 2, in_flight: 0, delayed: 0 });
      const again = await queue.receive(RECEIVE);
      expect(again.map(({ receiveCount }) => receiveCount)).toEqual([2, 2]);
      expect(queue.requests).toEqual({ receive: 2, delete: 0, extend: 1, other: 0 });
    });

    test("tells which handle was none", async () => {
      const there = server.createQueue("extend-mixed");
      there.send(["{}"]);
      const queue = await open(there);
      const [message] = await queue.receive(RECEIVE);
      const failed = await queue.changeVisibilityBatch([
        { receiptHandle: "no handle", visibilitySeconds: 60 },
        { receiptHandle: message?.receiptHandle ?? "", visibilitySeconds: 60 },
      ]);
      expect(failed).toMatchObject([{ index: 0, senderFault: true }]);
      expect(there.counts().in_flight).toBe(1);
    });
  });

  describe("attributes", () => {
    test("gives counters, settings and the redrive policy", async () => {
      const dead = server.createQueue("dead");
      const there = server.createQueue("attributes", {
        attributes: { VisibilityTimeout: "45", MaximumMessageSize: "2048" },
        deadLetter: { queue: dead, maxReceiveCount: 4 },
      });
      there.send(["{}", "{}", "{}"]);
      there.send(["{}"], { delaySeconds: 600 });
      there.hold(1);
      const queue = await open(there);
      expect(await queue.attributes()).toEqual({
        visible: 2,
        in_flight: 1,
        delayed: 1,
        arn: there.arn,
        fifo: false,
        visibilitySeconds: 45,
        maximumMessageBytes: 2048,
        redrivePolicy: { deadLetterTargetArn: dead.arn, maxReceiveCount: 4 },
      });
      expect(queue.requests.other).toBe(1);
    });

    test("says the same as the wire does of a queue that the wire made", async () => {
      const made = await sender.send(
        new CreateQueueCommand({ QueueName: "orders.fifo", Attributes: { FifoQueue: "true" } }),
      );
      const QueueUrl = made.QueueUrl ?? "";
      const { Attributes } = await sender.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
      );
      const queue = await client.open({ queue: QueueUrl, maxSockets: 1 });
      opened.push(queue);
      expect(await queue.attributes()).toMatchObject({
        fifo: true,
        arn: Attributes?.["QueueArn"],
        visibilitySeconds: Number(Attributes?.["VisibilityTimeout"]),
        maximumMessageBytes: Number(Attributes?.["MaximumMessageSize"]),
        redrivePolicy: undefined,
      });
    });
  });

  test("each of the frequent calls went this way, and all others the SDK's", () => {
    const ways = new Set(witness.requests.map(({ action, way }) => `${action} ${way}`));
    expect([...ways].sort()).toEqual([
      `ChangeMessageVisibilityBatch ${client.way}`,
      `DeleteMessageBatch ${client.way}`,
      "GetQueueAttributes sdk",
      `ReceiveMessage ${client.way}`,
    ]);
  });
});
