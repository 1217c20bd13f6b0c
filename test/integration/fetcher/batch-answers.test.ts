import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Queue } from "../../../src/fetcher/queue.js";
import { stubAwsSettings } from "../../support/aws-settings.js";
import { QUEUE_CLIENTS } from "../../support/queue-clients.js";
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
      AWS_MAX_ATTEMPTS: "1",
    });
    stub.answerWith(ok({}));
    queue = await client.open({ queue: `${stub.endpoint}/000000000000/q`, maxSockets: 1 });
  });
  afterEach(() => {
    expect(new Set(stub.requests.map(({ way }) => way))).toEqual(new Set([client.way]));
    queue.close();
    vi.unstubAllEnvs();
  });

  const NOT_ANSWERED = { code: "NotAnswered", senderFault: false };

  test.each<[string, unknown, object[]]>([
    ["all confirmed", { Successful: [{ Id: "2" }, { Id: "0" }, { Id: "1" }] }, []],
    [
      "failures of either side, in any order",
      {
        Successful: [{ Id: "1" }],
        Failed: [
          { Id: "2", Code: "InternalError", SenderFault: false },
          { Id: "0", Code: "ReceiptHandleIsInvalid", SenderFault: true, Message: "the-text-of-the-server" },
        ],
      },
      [
        { index: 0, code: "ReceiptHandleIsInvalid", senderFault: true },
        { index: 2, code: "InternalError", senderFault: false },
      ],
    ],
    [
      "an entry that is in neither list has not succeeded",
      { Successful: [{ Id: "0" }, { Id: "2" }] },
      [{ index: 1, ...NOT_ANSWERED }],
    ],
    ["nothing at all", {}, [0, 1, 2].map((index) => ({ index, ...NOT_ANSWERED }))],
    [
      "ids that were not asked for",
      {
        Successful: [{ Id: "0" }, { Id: "1" }, { Id: "7" }, {}],
        Failed: [{ Id: "9", Code: "X" }, { Id: "-1" }],
      },
      [{ index: 2, ...NOT_ANSWERED }],
    ],
    [
      "ids that are none",
      { Successful: [{ Id: "" }, { Id: null }, { Id: " 1" }, { Id: "2" }] },
      [0, 1].map((index) => ({ index, ...NOT_ANSWERED })),
    ],
    [
      "an entry in both lists has succeeded",
      {
        Successful: [{ Id: "0" }, { Id: "1" }, { Id: "2" }],
        Failed: [{ Id: "1", Code: "X", SenderFault: true }],
      },
      [],
    ],
    [
      "a failure without a code",
      { Successful: [{ Id: "0" }, { Id: "1" }], Failed: [{ Id: "2" }] },
      [{ index: 2, code: "Unknown", senderFault: false }],
    ],
  ])("%s", async (_, answer, failed) => {
    stub.answerWith(ok(answer));
    expect(await queue.deleteBatch(["a", "b", "c"])).toEqual(failed);
    const changes = ["a", "b", "c"].map((receiptHandle) => ({ receiptHandle, visibilitySeconds: 5 }));
    expect(await queue.changeVisibilityBatch(changes)).toEqual(failed);
  });

  test("entries have ids of their own even when their handles are equal", async () => {
    stub.answerWith(ok({ Successful: [{ Id: "0" }, { Id: "1" }] }));
    expect(await queue.deleteBatch(["same", "same"])).toEqual([]);
    expect(stub.requests[0]).toMatchObject({
      action: "DeleteMessageBatch",
      input: {
        Entries: [
          { Id: "0", ReceiptHandle: "same" },
          { Id: "1", ReceiptHandle: "same" },
        ],
      },
    });
  });

  test.each([{}, { Messages: null }, { Messages: [] }])("no messages: %j", async (answer) => {
    stub.answerWith(ok(answer));
    expect(await queue.receive({ maxMessages: 10, waitSeconds: 1, visibilitySeconds: 30 })).toEqual([]);
    expect(stub.requests[0]?.input).toEqual({
      QueueUrl: `${stub.endpoint}/000000000000/q`,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 1,
      VisibilityTimeout: 30,
      MessageSystemAttributeNames: [
        "SentTimestamp",
        "ApproximateReceiveCount",
        "MessageGroupId",
        "SequenceNumber",
      ],
      MessageAttributeNames: ["All"],
    });
  });
});
