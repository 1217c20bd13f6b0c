import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../../src/errors.js";
import { parseQueueReference } from "../../../src/fetcher/sqs/queue-reference.js";

const LETTERS = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"];
const names = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 75 }),
    fc.constantFrom("", ".fifo"),
  )
  .map(([name, suffix]) => name + suffix);
const accounts = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 12, maxLength: 12 });
const regions = fc.constantFrom("us-east-1", "eu-central-2", "ap-southeast-7", "us-gov-west-1", "cn-north-1");
const partitions = fc.constantFrom("aws", "aws-cn", "aws-us-gov", "aws-iso-b");

describe("parseQueueReference", () => {
  test.each([
    ["login-queue", { name: "login-queue" }],
    ["  login-queue\n", { name: "login-queue" }],
    ["orders.fifo", { name: "orders.fifo" }],
    [
      "arn:aws:sqs:eu-west-1:123456789012:login-queue",
      { name: "login-queue", account: "123456789012", region: "eu-west-1" },
    ],
    [
      "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:q.fifo",
      { name: "q.fifo", account: "123456789012", region: "us-gov-west-1" },
    ],
    [
      "https://sqs.eu-west-1.amazonaws.com/123456789012/login-queue",
      {
        url: "https://sqs.eu-west-1.amazonaws.com/123456789012/login-queue",
        name: "login-queue",
        account: "123456789012",
        region: "eu-west-1",
      },
    ],
    [
      "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q",
      {
        url: "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q",
        name: "q",
        account: "123456789012",
        region: "cn-north-1",
      },
    ],
    [
      "https://vpce-0a1-b2c.sqs.us-east-1.vpce.amazonaws.com/123456789012/q",
      {
        url: "https://vpce-0a1-b2c.sqs.us-east-1.vpce.amazonaws.com/123456789012/q",
        name: "q",
        account: "123456789012",
        region: "us-east-1",
        endpoint: "https://vpce-0a1-b2c.sqs.us-east-1.vpce.amazonaws.com",
      },
    ],
    [
      "https://eu-west-1.queue.amazonaws.com/123456789012/q",
      {
        url: "https://eu-west-1.queue.amazonaws.com/123456789012/q",
        name: "q",
        account: "123456789012",
        region: "eu-west-1",
        endpoint: "https://eu-west-1.queue.amazonaws.com",
      },
    ],
    [
      "https://queue.amazonaws.com/123456789012/q",
      {
        url: "https://queue.amazonaws.com/123456789012/q",
        name: "q",
        account: "123456789012",
        region: "us-east-1",
        endpoint: "https://queue.amazonaws.com",
      },
    ],
    [
      "http://localhost:4566/000000000000/login-queue",
      {
        url: "http://localhost:4566/000000000000/login-queue",
        name: "login-queue",
        account: "000000000000",
        endpoint: "http://localhost:4566",
      },
    ],
    [
      "http://sqs.eu-west-2.localhost.localstack.cloud:4566/000000000000/q",
      {
        url: "http://sqs.eu-west-2.localhost.localstack.cloud:4566/000000000000/q",
        name: "q",
        account: "000000000000",
        region: "eu-west-2",
        endpoint: "http://sqs.eu-west-2.localhost.localstack.cloud:4566",
      },
    ],
    [
      "http://localhost:4566/queue/us-west-2/000000000000/q",
      {
        url: "http://localhost:4566/queue/us-west-2/000000000000/q",
        name: "q",
        account: "000000000000",
        region: "us-west-2",
        endpoint: "http://localhost:4566",
      },
    ],
    [
      "http://[::1]:9324/queue/q",
      { url: "http://[::1]:9324/queue/q", name: "q", endpoint: "http://[::1]:9324" },
    ],
  ])("%s", (text, reference) => {
    expect(parseQueueReference(text)).toEqual(reference);
  });

  test.each([
    ["", /no queue is given/],
    ["   ", /no queue is given/],
    ["login queue", /give a name \(1 to 80 letters/],
    ["login.queue", /give a name/],
    [".fifo", /give a name/],
    ["q".repeat(81), /give a name/],
    [`${"q".repeat(76)}.fifo`, /give a name/],
    ["arn:aws:sqs:eu-west-1:123456789012", /is not the ARN of a queue: that is arn:aws:sqs:REGION/],
    ["arn:aws:sns:eu-west-1:123456789012:topic", /is not the ARN of a queue/],
    ["arn:aws:sqs:eu-west-1:1234:q", /12 digits/],
    ["arn:aws:sqs::123456789012:q", /is not the ARN of a queue/],
    ["arn:aws:sqs:eu-west-1:123456789012:q:extra", /is not the ARN of a queue/],
    ["arn:google:sqs:eu-west-1:123456789012:q", /is not the ARN of a queue/],
    ["https://", /cannot be read/],
    ["sqs://eu-west-1/q", /is not the URL of a queue/],
    ["ftp://host/000000000000/q", /is not the URL of a queue/],
    ["https://sqs.eu-west-1.amazonaws.com/", /does not end in an account and a queue name/],
    ["https://sqs.eu-west-1.amazonaws.com/login-queue", /does not end in an account/],
    ["https://sqs.eu-west-1.amazonaws.com/1234/login-queue", /does not end in an account/],
    ["https://sqs.eu-west-1.amazonaws.com/123456789012/q?Action=x", /is not the URL of a queue/],
    ["http://localhost:4566", /does not end in an account and a queue name/],
  ])("%j is refused", (text, message) => {
    const error = errorOf(text);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ code: "queue_malformed", message: expect.stringMatching(message) });
  });

  test("a password in a URL is refused and not repeated", () => {
    const error = errorOf("https://someone:hunter2@localhost/000000000000/q");
    expect(error).toMatchObject({ code: "queue_malformed" });
    expect(String(error)).not.toContain("hunter2");
    expect(String(error)).not.toContain("someone");
  });

  test("every well-formed ARN gives its parts", () => {
    fc.assert(
      fc.property(partitions, regions, accounts, names, (partition, region, account, name) => {
        expect(parseQueueReference(`arn:${partition}:sqs:${region}:${account}:${name}`)).toEqual({
          region,
          account,
          name,
        });
      }),
    );
  });

  test("every AWS URL gives its parts and leaves the endpoint to the SDK", () => {
    fc.assert(
      fc.property(regions, accounts, names, (region, account, name) => {
        const url = `https://sqs.${region}.amazonaws.com/${account}/${name}`;
        expect(parseQueueReference(url)).toEqual({ url, region, account, name });
      }),
    );
  });

  test("any other text is a queue with a proper name, or a usage error of one line", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `arn:${rest}`),
      fc.string().map((rest) => `http://host/${rest}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const result = errorOf(text);
        if (result instanceof Error) {
          expect(result).toBeInstanceOf(UsageError);
          expect(result.message).not.toMatch(/[\r\n]/);
        } else {
          expect(result.name).toMatch(/^[\w-]{1,80}(\.fifo)?$/);
        }
      }),
    );
  });
});

function errorOf(text: string): ReturnType<typeof parseQueueReference> | Error {
  try {
    return parseQueueReference(text);
  } catch (error) {
    return error as Error;
  }
}
