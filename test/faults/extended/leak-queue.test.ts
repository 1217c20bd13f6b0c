import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import { test as leakTest } from "../../support/canaries/bench.js";
import { LOADED_BODIES, REFUSED_BODIES } from "../../support/canaries/bodies.js";
import { CANARIES } from "../../support/canaries.js";
import { ok, type SqsStub, type StubAnswer, startSqsStub } from "../../support/sqs-stub.js";

const { body, word, ipv4 } = CANARIES;

const test = leakTest.extend<{ stub: SqsStub }>({
  stub: async ({ task: _task }, use) => {
    const stub = await startSqsStub();
    await use(stub);
    await stub.stop();
  },
});

const quoting = (status: number, code: string): StubAnswer => ({
  status,
  body: JSON.stringify({
    __type: `com.amazonaws.sqs#${code}`,
    message: `not ${body} of ${ipv4}`,
    Message: word,
  }),
  headers: { "x-amzn-query-error": `${code};Sender`, "x-amzn-requestid": word },
});

/** Answers that are no answers, and quote what they are about. */
const ANSWERS: readonly (readonly [what: string, answer: StubAnswer])[] = [
  ["access denied", quoting(403, "AccessDeniedException")],
  ["an expired token", quoting(400, "ExpiredToken")],
  ["an error that nobody knows", quoting(400, "SomethingNew")],
  ["JSON that is cut off", { status: 200, body: `{"Messages":[{"Body":${JSON.stringify(body)}` }],
  ["HTML", { status: 200, body: `<html>${word} ${ipv4}</html>` }],
  ["HTML with an error", { status: 404, body: `<html>${word} ${ipv4}</html>` }],
  ["messages that are none", ok({ Messages: [{ Body: body }, null, word, { MessageId: 1, Body: [body] }] })],
];

const page = (bodies: readonly string[]): StubAnswer =>
  ok({
    Messages: bodies.map((text) => ({
      MessageId: randomUUID(),
      ReceiptHandle: randomUUID(),
      Body: text,
      Attributes: { ApproximateReceiveCount: "1", SentTimestamp: "1700000000000" },
    })),
  });

describe.concurrent("no value gets out of what SQS answers", () => {
  // A first page as it should be, then this answer to everything.
  test.for(ANSWERS)("in the middle of a drain: %s", async ([, answer], { stub, run }) => {
    const url = ok({ QueueUrl: `${stub.endpoint}/000000000000/queue` });
    const attributes = ok({ Attributes: { ApproximateNumberOfMessages: "9" } });
    stub.answerWith(url, attributes, page([...LOADED_BODIES, ...REFUSED_BODIES.slice(0, 6)]), answer);
    const env = { AWS_ENDPOINT_URL_SQS: stub.endpoint, AWS_MAX_ATTEMPTS: "1" };
    const args = ["drain", "--json", "--concurrency", "1", "--max-duration", "3s"];
    const { exitCode, stdout } = await run(args, { env });
    expect(exitCode).toBeOneOf([0, 1, 3, 75]);
    expect(JSON.parse(stdout)).toMatchObject({ received: LOADED_BODIES.length + 6 });
  });

  test.for<[string, StubAnswer]>([
    ["an internal error", quoting(500, "InternalError")],
    ["a throttled request", quoting(400, "ThrottlingException")],
    ["no answer", "close"],
    ["an answer that is cut off", "cut"],
  ])("at the first receive of a peek: %s", async ([, answer], { stub, run }) => {
    const url = ok({ QueueUrl: `${stub.endpoint}/000000000000/queue` });
    stub.answerWith(
      url,
      ok({ Attributes: { ApproximateNumberOfMessages: "9" } }),
      page(REFUSED_BODIES.slice(0, 10)),
      answer,
    );
    const env = { AWS_ENDPOINT_URL_SQS: stub.endpoint, AWS_MAX_ATTEMPTS: "1" };
    expect(await run(["peek", "--max", "20"], { env })).toMatchObject({ exitCode: 75 });
  });
});
