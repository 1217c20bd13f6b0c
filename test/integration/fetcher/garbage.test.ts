import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Queue } from "../../../src/fetcher/queue.js";
import { stubAwsSettings } from "../../support/aws-settings.js";
import { QUEUE_CLIENTS } from "../../support/queue-clients.js";
import { GARBAGE, WITHOUT_FIELDS, WRONG_SHAPES } from "../../support/sqs-faults/answers.js";
import { ok, type SqsStub, startSqsStub } from "../../support/sqs-stub.js";

describe.each(QUEUE_CLIENTS)("$way", (client) => {
  let stub: SqsStub;
  let queue: Queue;

  beforeAll(async () => {
    stub = await startSqsStub();
  });
  afterAll(() => stub.stop());
  beforeEach(async () => {
    stubAwsSettings({
      AWS_ENDPOINT_URL_SQS: stub.endpoint,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
    });
    stub.answerWith(ok({}));
    queue = await client.open({ queue: `${stub.endpoint}/000000000000/q`, maxSockets: 1 });
  });
  afterEach(() => {
    queue.close();
    vi.unstubAllEnvs();
  });

  const receive = () => queue.receive({ maxMessages: 2, waitSeconds: 1, visibilitySeconds: 30 });
  const batches = {
    deleteBatch: () => queue.deleteBatch(["a"]),
    changeVisibilityBatch: () => queue.changeVisibilityBatch([{ receiptHandle: "a", visibilitySeconds: 5 }]),
  };
  const UNEXPECTED = {
    name: "QueueError",
    kind: "failed",
    code: "unexpected_answer",
    message: expect.not.stringContaining("the-text-of-the-server"),
  };
  const NOT_ANSWERED = [{ index: 0, code: "NotAnswered", senderFault: false }];

  describe.each(Object.entries(GARBAGE))("%s", (_, answer) => {
    test.each(Object.entries({ receive, ...batches, attributes: () => queue.attributes() }))(
      "is no answer to %s",
      async (name, call) => {
        stub.answerWith(answer);
        await expect(call()).rejects.toMatchObject(UNEXPECTED);
        const asked = name === "attributes" ? ["sdk"] : client.failing();
        expect(stub.requests.map(({ way }) => way)).toEqual(asked);
      },
    );
  });

  describe.each(Object.entries(WITHOUT_FIELDS))("%s", (_, answer) => {
    test("is a page without messages, a batch of which nothing was done, and no attributes", async () => {
      stub.answerWith(answer);
      expect(await receive()).toEqual([]);
      for (const call of Object.values(batches)) expect(await call()).toEqual(NOT_ANSWERED);
      await expect(queue.attributes()).rejects.toMatchObject(UNEXPECTED);
    });
  });

  describe.each(Object.entries(WRONG_SHAPES))("%s", (_, answer) => {
    test("is no page, a batch of which nothing was done, and no attributes", async () => {
      stub.answerWith(answer);
      for (const call of Object.values(batches)) expect(await call()).toEqual(NOT_ANSWERED);
      await expect(receive()).rejects.toMatchObject(UNEXPECTED);
      await expect(queue.attributes()).rejects.toMatchObject(UNEXPECTED);
    });
  });

  const message = (name: string): object => ({ MessageId: name, ReceiptHandle: name, Body: "{}" });

  test("messages beyond those that were asked for are left to come back", async () => {
    stub.answerWith(ok({ Messages: ["a", "b", "c"].map(message) }));
    expect((await receive()).map(({ messageId }) => messageId)).toEqual(["a", "b"]);
  });

  test.each([
    ["a text among messages", [message("a"), "b"]],
    ["a message without an id", [{ Body: "{}" }]],
    ["null among messages", [message("a"), null]],
    ["a body that is no text", [{ ...message("a"), Body: { user_id: "u" } }]],
  ])("%s makes the page unreadable", async (_, Messages) => {
    stub.answerWith(ok({ Messages }));
    await expect(receive()).rejects.toMatchObject(UNEXPECTED);
    expect(stub.requests.map(({ way }) => way)).toEqual([client.way]);
  });
});
