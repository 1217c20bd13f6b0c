import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SqsServer, startSqs, type TestQueue } from "../../support/sqs.js";

describe("the SQS server of the tests", () => {
  let server: SqsServer;
  let client: SQSClient;
  beforeAll(async () => {
    server = await startSqs();
    client = new SQSClient(server.client);
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });
  const receive = async (queue: TestQueue) => {
    const command = new ReceiveMessageCommand({
      QueueUrl: queue.url,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["All"],
    });
    return (await client.send(command)).Messages ?? [];
  };

  it("gives messages over the wire as they were sent, and counts them", async () => {
    const queue = server.createQueue("plain");
    const [sent] = queue.send(["a body"], { sentAtMs: 1_700_000_000_000, attributes: { kind: "x" } });
    expect(queue.counts()).toEqual({ visible: 1, in_flight: 0, delayed: 0 });
    expect(await receive(queue)).toMatchObject([
      {
        MessageId: sent?.messageId,
        Body: "a body",
        Attributes: { SentTimestamp: "1700000000000", ApproximateReceiveCount: "1" },
        MessageAttributes: { kind: { StringValue: "x" } },
      },
    ]);
    expect(queue.counts()).toEqual({ visible: 0, in_flight: 1, delayed: 0 });
    expect(queue.messageIds()).toEqual([sent?.messageId]);
  });

  it("delivers a deleted message again under its old id", async () => {
    const queue = server.createQueue("again");
    const sent = queue.send(["once"]);
    const Entries = (await receive(queue)).map(({ ReceiptHandle }) => ({ Id: "0", ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }));
    expect(queue.messageIds()).toEqual([]);
    queue.deliverAgain(sent);
    expect((await receive(queue)).map(({ MessageId }) => MessageId)).toEqual([sent[0]?.messageId]);
  });

  it("holds messages for another consumer and moves them to a dead-letter queue", async () => {
    const dead = server.createQueue("dead");
    const queue = server.createQueue("alive", { deadLetter: { queue: dead, maxReceiveCount: 1 } });
    queue.send(["a", "b"]);
    const giveBack = queue.hold(5);
    expect(queue.counts()).toEqual({ visible: 0, in_flight: 2, delayed: 0 });
    giveBack();
    expect(queue.counts()).toEqual({ visible: 2, in_flight: 0, delayed: 0 });
    expect(await receive(queue)).toEqual([]);
    expect(dead.counts().visible).toBe(2);
  });

  it("keeps a FIFO group in order, one message at a time", async () => {
    const queue = server.createQueue("ordered.fifo");
    queue.send(["first", "second"], { groupId: "g" });
    expect(await receive(queue)).toMatchObject([{ Body: "first", Attributes: { MessageGroupId: "g" } }]);
    expect(await receive(queue)).toEqual([]);
  });
});
