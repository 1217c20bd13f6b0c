import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Queue } from "../../../src/fetcher/queue.js";
import { openQueue } from "../../../src/fetcher/sqs/open-queue.js";
import { stubAwsSettings } from "../../support/aws-settings.js";
import { type SqsServer, startSqs } from "../../support/sqs.js";
import { ok, type SqsStub, startSqsStub } from "../../support/sqs-stub.js";

const ATTRIBUTES = ok({ Attributes: { ApproximateNumberOfMessages: "0" } });

let server: SqsServer;
let stub: SqsStub;
const opened: Queue[] = [];

beforeAll(async () => {
  [server, stub] = await Promise.all([startSqs(), startSqsStub()]);
  server.createQueue("login-queue").send(["{}"]);
});
afterAll(() => Promise.all([server.stop(), stub.stop()]));
beforeEach(() => stubAwsSettings(server.environment));
afterEach(() => {
  for (const queue of opened.splice(0)) queue.close();
  vi.unstubAllEnvs();
});

async function open(queue: string): Promise<Queue> {
  const result = await openQueue({ queue, maxSockets: 2 });
  opened.push(result);
  return result;
}

describe("a queue is found", () => {
  test("by its name", async () => {
    const queue = await open("login-queue");
    expect(queue).toMatchObject({ name: "login-queue", url: `${server.endpoint}/000000000000/login-queue` });
    expect(queue.requests).toEqual({ receive: 0, delete: 0, extend: 0, other: 1 });
    expect((await queue.attributes()).visible).toBe(1);
  });

  test("by its ARN", async () => {
    const queue = await open("arn:aws:sqs:eu-west-1:000000000000:login-queue");
    expect(queue.url).toBe(`${server.endpoint}/000000000000/login-queue`);
    expect((await queue.attributes()).visible).toBe(1);
  });

  test("by its URL, without a request", async () => {
    const queue = await open(`${server.endpoint}/000000000000/login-queue`);
    expect(queue).toMatchObject({ name: "login-queue", requests: { other: 0 } });
    expect((await queue.attributes()).visible).toBe(1);
  });

  test("or it is said that it does not exist", async () => {
    await expect(open("absent")).rejects.toMatchObject({
      name: "QueueError",
      code: "queue_missing",
      message:
        'there is no queue "absent" in region eu-west-1: check the name and AWS_REGION, or give the queue\'s URL or ARN',
    });
    const absent = await open(`${server.endpoint}/000000000000/absent`);
    await expect(absent.attributes()).rejects.toMatchObject({ code: "queue_missing" });
  });

  test("an ARN is looked up in its account, and signed for its region", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", stub.endpoint);
    stub.answerWith(ok({ QueueUrl: "https://sqs.us-west-2.amazonaws.com/123456789012/q" }), ATTRIBUTES);
    const queue = await open("arn:aws:sqs:us-west-2:123456789012:q");
    await queue.attributes();
    const [lookup, call] = stub.requests;
    expect(lookup).toMatchObject({
      action: "GetQueueUrl",
      input: { QueueName: "q", QueueOwnerAWSAccountId: "123456789012" },
    });
    expect(call?.input).toMatchObject({ QueueUrl: "https://sqs.us-west-2.amazonaws.com/123456789012/q" });
    for (const { headers } of stub.requests) {
      expect(headers.authorization).toContain("/us-west-2/sqs/aws4_request");
    }
  });
});

describe("where requests go", () => {
  test("an endpoint that is configured wins over the URL's host: an emulator behind a mapped port", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", stub.endpoint);
    stub.answerWith(ATTRIBUTES);
    const warn = vi.spyOn(console, "warn");
    const queue = await open("http://localstack.invalid:4566/000000000000/q");
    await queue.attributes();
    expect(stub.requests).toMatchObject([
      { input: { QueueUrl: "http://localstack.invalid:4566/000000000000/q" } },
    ]);
    expect(warn).not.toHaveBeenCalled();
  });

  test("else the URL's own host, also where FIPS endpoints are asked for", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", undefined);
    vi.stubEnv("AWS_USE_FIPS_ENDPOINT", "true");
    stub.answerWith(ATTRIBUTES);
    const warn = vi.spyOn(console, "warn");
    const queue = await open(`${stub.endpoint}/000000000000/q`);
    await queue.attributes();
    expect(stub.requests).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
  });

  test("and a region in the URL is the one that is signed for", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", stub.endpoint);
    stub.answerWith(ATTRIBUTES);
    const queue = await open("https://sqs.ap-south-1.amazonaws.com/123456789012/q");
    await queue.attributes();
    expect(stub.requests[0]?.headers.authorization).toContain("/ap-south-1/sqs/aws4_request");
  });
});
