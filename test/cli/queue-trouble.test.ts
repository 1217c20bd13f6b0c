import { describe, expect } from "vitest";
import { test as benchTest, KEY } from "../support/bench.js";
import { type CliResult, runCli } from "../support/cli.js";
import { refusal, type SqsStub, startSqsStub } from "../support/sqs-stub.js";

/** A server that answers by a script of the test's own. */
const test = benchTest.extend<{ stub: SqsStub }>({
  stub: async ({ task: _task }, use) => {
    const stub = await startSqsStub();
    await use(stub);
    await stub.stop();
  },
});

/** What the program sees of AWS where a test says nothing else: no files, no metadata service. */
const noAws = {
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
  SQS2PG_MASK_KEY: KEY,
};
const credentials = { AWS_ACCESS_KEY_ID: "AKIDCANARY", AWS_SECRET_ACCESS_KEY: "canary-secret" };
const region = { AWS_REGION: "eu-west-1" };

/** One line that says what to do, nothing on stdout, and no secret. */
function expectLine({ stdout, stderr }: CliResult, says: RegExp): void {
  expect(stderr).toMatch(says);
  expect(stderr).toMatch(/^sqs2pg: .*\n$/);
  expect(stdout).toBe("");
  expect(stderr).not.toMatch(/canary|the-text-of-the-server/i);
}

describe.concurrent("the queue cannot be read", () => {
  test("it is missing: its name, region and what to check", async ({ sqs, env }) => {
    const result = await runCli(["drain", "--queue", "no-such-queue"], { env });
    expectLine(
      result,
      /there is no queue "no-such-queue" in region eu-west-1: check the name and AWS_REGION/,
    );
    expect(result.exitCode).toBe(1);
    const arn = `arn:aws:sqs:us-east-2:123456789012:no-such-queue`;
    const other = await runCli(["peek", "--queue", arn], { env: { ...env, ...sqs.environment } });
    expectLine(other, /"no-such-queue" in region us-east-2 \(account 123456789012\)/);
  });

  test("the region is wrong: the one that was asked is named", async ({ stub }) => {
    stub.answerWith(refusal("QueueDoesNotExist", 400, "AWS.SimpleQueueService.NonExistentQueue"));
    const env = { ...noAws, ...credentials, AWS_REGION: "us-west-1", AWS_ENDPOINT_URL_SQS: stub.endpoint };
    const result = await runCli(["peek"], { env });
    expectLine(result, /there is no queue "login-queue" in region us-west-1/);
    expect(result.exitCode).toBe(1);
  });

  test.each<[what: string, env: Readonly<Record<string, string>>, exitCode: number, says: RegExp]>([
    ["no region", credentials, 2, /no AWS region is set: set AWS_REGION, such as AWS_REGION=eu-west-1/],
    [
      "a region that is none",
      { ...credentials, AWS_REGION: "Eu West!" },
      2,
      /AWS region that is set is none/,
    ],
    ["no credentials", region, 2, /no AWS credentials were found: give them with AWS_ACCESS_KEY_ID/],
    [
      "a profile that is not there",
      { ...region, AWS_PROFILE: "nobody" },
      2,
      /the AWS profile "nobody" was not found or gives no credentials/,
    ],
    [
      "an endpoint that refuses",
      { ...region, ...credentials, AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:1" },
      75,
      /cannot reach SQS at 127.0.0.1:1: the connection is refused/,
    ],
    [
      "an endpoint that is no URL",
      { ...region, ...credentials, AWS_ENDPOINT_URL_SQS: "localhost:4566" },
      2,
      /the configured SQS endpoint is no URL/,
    ],
  ])("%s", async (_what, env, exitCode, says) => {
    const result = await runCli(["peek"], { env: { ...noAws, ...env } });
    expectLine(result, says);
    expect(result.exitCode).toBe(exitCode);
  });

  test.each<[code: string, status: number, exitCode: number, says: RegExp]>([
    ["ExpiredToken", 403, 1, /the AWS credentials have expired: renew them/],
    ["InvalidClientTokenId", 403, 1, /does not accept the AWS credentials: check the access key/],
    [
      "AccessDenied",
      403,
      1,
      /access to queue "q" .* is denied: allow sqs:GetQueueAttributes on arn:aws:sqs:eu-west-1:000000000000:q/,
    ],
    ["RequestTimeTooSkewed", 403, 1, /this machine's clock is wrong/],
    ["RequestThrottled", 403, 75, /SQS throttles GetQueueAttributes .*: try again later/],
    ["InternalError", 500, 75, /answered GetQueueAttributes with HTTP 500/],
  ])("SQS answers %s", async (code, status, exitCode, says) => {
    const stub = await startSqsStub();
    stub.answerWith(refusal(code, status));
    const env = { ...noAws, ...region, ...credentials };
    const result = await runCli(["peek", "--queue", `${stub.endpoint}/000000000000/q`], { env });
    await stub.stop();
    expectLine(result, says);
    expect(result.exitCode).toBe(exitCode);
  });

  test("is a JSON document too, and a stack at --log-level debug without the server's words", async ({
    stub,
  }) => {
    stub.answerWith(refusal("AccessDenied", 403));
    const env = { ...noAws, ...region, ...credentials };
    const queue = `${stub.endpoint}/000000000000/q`;
    const result = await runCli(["peek", "--json", "--log-level", "debug", "--queue", queue], { env });
    expect(JSON.parse(result.stdout)).toEqual({
      error: { kind: "failed", code: "access_denied", message: expect.stringContaining("sqs:GetQueue") },
    });
    expect(result.stderr).toMatch(/^ {4}at /m);
    expect(result.stdout + result.stderr).not.toMatch(/canary|the-text-of-the-server/i);
  });
});
