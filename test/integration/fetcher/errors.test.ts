import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Queue } from "../../../src/fetcher/queue.js";
import type { OpenQueueOptions } from "../../../src/fetcher/sqs/open-queue.js";
import { stubAwsSettings } from "../../support/aws-settings.js";
import { QUEUE_CLIENTS } from "../../support/queue-clients.js";
import { ok, refusal, type SqsStub, type StubAnswer, startSqsStub } from "../../support/sqs-stub.js";
import type { Way } from "../../support/way.js";

const ACCOUNT = "123456789012";
const RECEIVE = { maxMessages: 10, waitSeconds: 1, visibilitySeconds: 30 };
const SECRET = "wJalrXUtnFEMI-the-secret";

describe.each(QUEUE_CLIENTS)("$way", (client) => {
  let stub: SqsStub;
  const opened: Queue[] = [];

  beforeAll(async () => {
    stub = await startSqsStub();
  });
  afterAll(() => stub.stop());

  beforeEach(() => {
    stub.answerWith(ok({}));
    stubAwsSettings({
      AWS_ENDPOINT_URL_SQS: stub.endpoint,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: SECRET,
      AWS_MAX_ATTEMPTS: "1",
    });
  });
  afterEach(() => {
    for (const queue of opened.splice(0)) queue.close();
    vi.unstubAllEnvs();
  });

  describe("an error of SQS becomes one line that says what to do", () => {
    const host = (): string => new URL(stub.endpoint).host;
    const ARN = `arn:aws:sqs:eu-west-1:${ACCOUNT}:login-queue`;
    const html: StubAnswer = { status: 200, body: "<html>the-text-of-the-server</html>" };

    test.each<[string, StubAnswer, string, string, string | RegExp]>([
      [
        "queue missing",
        refusal("QueueDoesNotExist", 400, "AWS.SimpleQueueService.NonExistentQueue"),
        "failed",
        "queue_missing",
        `there is no queue "login-queue" in region eu-west-1 (account ${ACCOUNT}): check the name and AWS_REGION, or give the queue's URL or ARN`,
      ],
      [
        "queue missing, in the older spelling",
        refusal("AWS.SimpleQueueService.NonExistentQueue"),
        "failed",
        "queue_missing",
        /^there is no queue/,
      ],
      [
        "access denied",
        refusal("AccessDenied", 403),
        "failed",
        "access_denied",
        `access to queue "login-queue" in region eu-west-1 (account ${ACCOUNT}) is denied: allow sqs:ReceiveMessage on ${ARN} in IAM or in the queue's policy`,
      ],
      ["access denied", refusal("AccessDeniedException"), "failed", "access_denied", /sqs:ReceiveMessage/],
      ["403 without a code", { status: 403, body: "{}" }, "failed", "access_denied", /sqs:ReceiveMessage/],
      ["expired token", refusal("ExpiredToken", 403), "failed", "credentials_expired", /have expired: renew/],
      ["expired token", refusal("ExpiredTokenException"), "failed", "credentials_expired", /`aws sso login`/],
      [
        "unknown key",
        refusal("InvalidClientTokenId", 403),
        "failed",
        "credentials_invalid",
        /AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or the profile/,
      ],
      [
        "unknown key",
        refusal("UnrecognizedClientException"),
        "failed",
        "credentials_invalid",
        /does not accept the AWS credentials/,
      ],
      ["wrong secret", refusal("SignatureDoesNotMatch", 403), "failed", "credentials_invalid", /its secret/],
      ["clock skew", refusal("RequestTimeTooSkewed", 403), "failed", "clock_skew", /clock is wrong: set it/],
      ["key denied", refusal("KmsAccessDenied"), "failed", "kms_access_denied", /allow kms:Decrypt/],
      [
        "key denied, in the older spelling",
        refusal("KMS.AccessDeniedException"),
        "failed",
        "kms_access_denied",
        /kms:Decrypt/,
      ],
      ["key disabled", refusal("KmsDisabled"), "failed", "kms_key_unusable", /KmsMasterKeyId/],
      ["key throttled", refusal("KmsThrottled"), "unavailable", "throttled", /try again later/],
      ["throttled", refusal("RequestThrottled", 403), "unavailable", "throttled", /--concurrency/],
      ["throttled", refusal("ThrottlingException"), "unavailable", "throttled", /throttles ReceiveMessage/],
      ["429", { status: 429, body: "{}" }, "unavailable", "throttled", /throttles/],
      [
        "too many in flight",
        refusal("OverLimit", 403),
        "unavailable",
        "over_limit",
        /in flight as SQS allows/,
      ],
      ["bad handle", refusal("ReceiptHandleIsInvalid", 404), "failed", "receipt_handle_invalid", /lease/],
      [
        "not in flight",
        refusal("MessageNotInflight"),
        "failed",
        "message_not_in_flight",
        /no longer in flight/,
      ],
      ["another region's queue", refusal("InvalidAddress", 404), "failed", "wrong_endpoint", /AWS_REGION/],
      ["plain HTTP", refusal("InvalidSecurity", 403), "failed", "insecure_request", /https:/],
      [
        "unsupported",
        refusal("UnsupportedOperation"),
        "failed",
        "unsupported",
        /does not support ReceiveMessage/,
      ],
      ["not subscribed", refusal("OptInRequired", 403), "failed", "not_subscribed", /not subscribed/],
      [
        "an unknown code",
        refusal("SomethingNew"),
        "failed",
        "request_refused",
        /with HTTP 400 \(SomethingNew\)$/,
      ],
      ["no code", { status: 400, body: "{}" }, "failed", "request_refused", /with HTTP 400$/],
      [
        "internal error",
        refusal("InternalFailure", 500),
        "unavailable",
        "service_unavailable",
        /with HTTP 500 \(InternalFailure\): try again later/,
      ],
      [
        "500 without a word",
        { status: 500, body: "" },
        "unavailable",
        "service_unavailable",
        /with HTTP 500:/,
      ],
      ["a proxy's 503", { ...html, status: 503 }, "unavailable", "service_unavailable", /with HTTP 503:/],
      [
        "a page in place of an answer",
        html,
        "failed",
        "unexpected_answer",
        /check that AWS_ENDPOINT_URL_SQS/,
      ],
      ["a page not found", { ...html, status: 404 }, "failed", "unexpected_answer", /names an SQS server/],
      ["a closed socket", "close", "unavailable", "connection_lost", /the connection was closed/],
      ["an answer cut short", "cut", "unavailable", "connection_lost", /the connection was closed/],
    ])("%s: %j", async (_, answer, kind, code, message) => {
      const queue = await open();
      stub.answerWith(answer);
      const error = await errorOf(queue.receive(RECEIVE));
      expect(error).toMatchObject({ name: "QueueError", kind, code });
      if (typeof message === "string") expect(error.message).toBe(message);
      else expect(error.message).toMatch(message);
      expectDiscreet(error);
      expectAsked(queue, client.failing());
    });

    test.each(["hang", "stall"] as const)("no answer within the timeout (%s)", async (answer) => {
      const queue = await open({ requestTimeoutMs: 200 });
      stub.answerWith(answer);
      expect(await errorOf(queue.receive(RECEIVE))).toMatchObject({
        kind: "unavailable",
        code: "timed_out",
        message: `cannot reach SQS at ${host()}: there is no answer: check the network, a firewall or a VPC endpoint`,
      });
    });

    test("each call names its own permission", async () => {
      const queue = await open();
      stub.answerWith(refusal("AccessDenied", 403));
      const changes = [{ receiptHandle: "handle", visibilitySeconds: 0 }];
      expect((await errorOf(queue.deleteBatch(["handle"]))).message).toContain("allow sqs:DeleteMessage on");
      expect((await errorOf(queue.changeVisibilityBatch(changes))).message).toContain(
        "allow sqs:ChangeMessageVisibility on",
      );
      expect((await errorOf(queue.attributes())).message).toContain("allow sqs:GetQueueAttributes on");
      expect((await errorOf(open({ queue: "login-queue" }))).message).toContain(
        "allow sqs:GetQueueUrl on arn:aws:sqs:eu-west-1:ACCOUNT:login-queue",
      );
    });

    test("attributes that do not say how many messages there are do not make an empty queue", async () => {
      const queue = await open();
      stub.answerWith(ok({}));
      expect(await errorOf(queue.attributes())).toMatchObject({ kind: "failed", code: "unexpected_answer" });
    });

    test("a name that is answered with no URL", async () => {
      stub.answerWith(ok({}));
      expect(await errorOf(open({ queue: "login-queue" }))).toMatchObject({ code: "unexpected_answer" });
      stub.answerWith(ok({ QueueUrl: "nowhere" }));
      expect(await errorOf(open({ queue: "login-queue" }))).toMatchObject({ code: "unexpected_answer" });
    });
  });

  describe("what cannot be reached is unavailable", () => {
    test.each([
      ["refused", "http://127.0.0.1:1", "connection_refused", "127.0.0.1:1"],
      ["unknown", "http://sqs.invalid:4566", "host_not_found", "sqs.invalid:4566"],
    ])("%s host", async (_, endpoint, code, address) => {
      vi.stubEnv("AWS_ENDPOINT_URL_SQS", endpoint);
      const queue = await open();
      const error = await errorOf(queue.receive(RECEIVE));
      expect(error).toMatchObject({ kind: "unavailable", code });
      expect(error.message).toContain(`cannot reach SQS at ${address}: `);
    });

    test("HTTPS to a server that speaks HTTP", async () => {
      vi.stubEnv("AWS_ENDPOINT_URL_SQS", stub.endpoint.replace("http:", "https:"));
      const queue = await open();
      const error = await errorOf(queue.receive(RECEIVE));
      expect(error).toMatchObject({ kind: "unavailable", code: "tls_failed" });
      expect(error.message).toMatch(/check https:\/\/ against http:\/\//);
    });
  });

  describe("retries", () => {
    test("a busy service and a closed socket are tried again, and the requests counted", async () => {
      vi.stubEnv("AWS_MAX_ATTEMPTS", undefined);
      const queue = await open();
      stub.answerWith({ status: 503, body: "{}" }, "close", ok({ Messages: [] }));
      expect(await queue.receive(RECEIVE)).toEqual([]);
      expectAsked(queue, [client.way, "sdk", "sdk"]);
    });

    test("after three attempts it is unavailable", async () => {
      vi.stubEnv("AWS_MAX_ATTEMPTS", undefined);
      const queue = await open();
      stub.answerWith({ status: 503, body: "{}" });
      expect(await errorOf(queue.receive(RECEIVE))).toMatchObject({ kind: "unavailable" });
      expectAsked(queue, client.failing(3));
    });

    test("a refusal is not tried again", async () => {
      vi.stubEnv("AWS_MAX_ATTEMPTS", undefined);
      const queue = await open();
      stub.answerWith(refusal("AccessDenied", 403));
      expect(await errorOf(queue.receive(RECEIVE))).toMatchObject({ kind: "failed" });
      expectAsked(queue, client.failing());
    });
  });

  describe("an aborted receive", () => {
    test("ends at once and says so", async () => {
      const queue = await open();
      stub.answerWith("hang");
      const control = new AbortController();
      const receiving = errorOf(queue.receive(RECEIVE, control.signal));
      await stub.requested();
      control.abort();
      expect(await receiving).toMatchObject({ code: "aborted", message: "ReceiveMessage was interrupted" });
    });

    test("is not sent when the signal has gone off before", async () => {
      const queue = await open();
      stub.answerWith(ok({ Messages: [] }));
      expect(await errorOf(queue.receive(RECEIVE, AbortSignal.abort()))).toMatchObject({ code: "aborted" });
      expect(stub.requests).toHaveLength(0);
    });

    test("leaves other calls alone", async () => {
      const queue = await open();
      stub.answerWith("hang", ok({ Messages: [] }));
      const control = new AbortController();
      const receiving = errorOf(queue.receive(RECEIVE, control.signal));
      await stub.requested();
      const other = queue.receive(RECEIVE, new AbortController().signal);
      control.abort();
      expect(await other).toEqual([]);
      await receiving;
    });

    test("leaves no listeners behind on a signal that outlives it", async () => {
      const queue = await open();
      stub.answerWith(ok({ Messages: [] }));
      const { signal } = new AbortController();
      const add = vi.spyOn(signal, "addEventListener");
      const remove = vi.spyOn(signal, "removeEventListener");
      for (let round = 0; round < 5; round += 1) await queue.receive(RECEIVE, signal);
      await vi.waitFor(() => expect(remove.mock.calls.length).toBe(add.mock.calls.length));
      expect(add).toHaveBeenCalled();
    });
  });

  function open(options: Partial<OpenQueueOptions> = {}): Promise<Queue> {
    const queue = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/login-queue`;
    return client.open({ queue, maxSockets: 4, ...options }).then((queue) => {
      opened.push(queue);
      return queue;
    });
  }

  /** All requests were receives, made this way. */
  function expectAsked(queue: Queue, ways: readonly Way[]): void {
    expect(stub.requests.map(({ way }) => way)).toEqual(ways);
    expect(queue.requests).toEqual({ receive: ways.length, delete: 0, extend: 0, other: 0 });
  }
});

/** One line, with nothing of what the server said and nothing of the credentials. */
function expectDiscreet({ message }: Error): void {
  expect(message).not.toMatch(/[\r\n]/);
  expect(message).not.toContain("the-text-of-the-server");
  expect(message).not.toContain("AKIDEXAMPLE");
  expect(message).not.toContain(SECRET);
}

async function errorOf(call: Promise<unknown>): Promise<Error> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) throw new Error("the call succeeded");
  return outcome;
}
