import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Sqs2pgError } from "../../../src/errors.js";
import type { Payloads } from "../../../src/payloads/payloads.js";
import { openS3Payloads } from "../../../src/payloads/s3/open-payloads.js";
import { LARGEST_PAYLOAD_BYTES } from "../../../src/transform/body/decode-text.js";
import { stubAwsSettings } from "../../support/aws-settings.js";
import { startHttpProxy } from "../../support/http-proxy.js";
import { type FakeS3, type S3Answer, s3Refusal, startS3 } from "../../support/s3.js";
import { until } from "../../support/until.js";

const SECRET = "wJalrXUtnFEMI-the-secret";
const KEY = "2026/the-key of ä customer+1";
const POINTER = { bucket: "payloads", key: KEY };

let s3: FakeS3;
let payloads: Payloads;

beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

beforeEach(async () => {
  stubAwsSettings({ ...s3.environment, AWS_SECRET_ACCESS_KEY: SECRET });
  payloads = await openS3Payloads({ maxSockets: 4 });
});
afterEach(() => {
  payloads.close();
  s3.answerWith(undefined);
  s3.objects.clear();
  vi.unstubAllEnvs();
});

async function errorOf(work: Promise<unknown>): Promise<Sqs2pgError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Sqs2pgError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

test("an object's text is read, with its bucket in the path", async () => {
  s3.objects.set(`payloads/${KEY}`, "ä\u{1F600}");
  expect(await payloads.fetch(POINTER)).toEqual({ text: "ä\u{1F600}", bytes: 6 });
  expect(s3.requests.at(-1)).toBe(`payloads/${KEY}`);
});

test("it is read through a proxy where the environment names one", async () => {
  const proxy = await startHttpProxy();
  vi.stubEnv("HTTP_PROXY", `http://${proxy.address}`);
  s3.objects.set(`payloads/${KEY}`, "x");
  const proxied = await openS3Payloads({ maxSockets: 4 });
  expect(await proxied.fetch(POINTER)).toEqual({ text: "x", bytes: 1 });
  proxied.close();
  await proxy.stop();
  expect(proxy.seen).toMatchObject([
    { method: "GET", target: expect.stringMatching(/^http:.*\/payloads\//) },
  ]);
});

test("an empty object is an empty text", async () => {
  s3.objects.set(`payloads/${KEY}`, "");
  expect(await payloads.fetch(POINTER)).toEqual({ text: "", bytes: 0 });
});

const SSE_C =
  "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.";

test.each([
  ["s3_object_missing", undefined],
  ["s3_object_missing", s3Refusal("NoSuchVersion", 404)],
  ["s3_object_archived", s3Refusal("InvalidObjectState", 403)],
  ["s3_object_encrypted", s3Refusal("InvalidRequest", 400, SSE_C)],
  ["s3_object_kms_key", s3Refusal("KMS.DisabledException", 400)],
  ["s3_object_kms_key", s3Refusal("KMS.NotFoundException", 400)],
  ["s3_object_kms_key", s3Refusal("KMS.KMSInvalidStateException", 400)],
  ["s3_key_invalid", s3Refusal("KeyTooLongError", 400)],
  ["s3_key_invalid", s3Refusal("InvalidURI", 400)],
])("%s is a reject: %j", async (code, answer) => {
  s3.answerWith(answer);
  const payload = await payloads.fetch(POINTER);
  expect(payload).toMatchObject({ reject: { stage: "parse", code, field: null } });
  expect(JSON.stringify(payload)).not.toContain("the-key");
});

test("an object that is no UTF-8 is a reject", async () => {
  s3.objects.set(`payloads/${KEY}`, Buffer.from([0xff]));
  expect(await payloads.fetch(POINTER)).toMatchObject({ reject: { code: "not_utf8" } });
});

test("an object beyond the limit is a reject", async () => {
  s3.objects.set(`payloads/${KEY}`, Buffer.alloc(LARGEST_PAYLOAD_BYTES + 1, " "));
  expect(await payloads.fetch(POINTER)).toMatchObject({ reject: { code: "too_large" } });
  await until("the connection is closed", () => s3.open() === 0);
});

test.each(["..", "../payloads-of-others/key", "a/../../b", "./../b", "a//../../b"])(
  "a key that leads out of its bucket is a reject, and not asked for: %s",
  async (key) => {
    const before = s3.requests.length;
    expect(await payloads.fetch({ bucket: "payloads", key })).toMatchObject({
      reject: { code: "s3_key_invalid" },
    });
    expect(s3.requests).toHaveLength(before);
  },
);

test.each(["a\u0000b", "a\u0001b", "a\r\nb", "a\u007fb", "a/../b/...", "/", "%2e%2e", "?#&", "\uffff"])(
  "any other key is asked for, whatever is in it: %j",
  async (key) => {
    expect(await payloads.fetch({ bucket: "payloads", key })).toMatchObject({
      reject: { code: "s3_object_missing" },
    });
  },
);

describe("room for a payload", () => {
  const large = Buffer.alloc(LARGEST_PAYLOAD_BYTES, "x");

  // Before the client itself would take it for dead, which is after ten seconds.
  const isClosed = (): Promise<void> => until("the connection is closed", () => s3.open() === 0, 5_000);

  test("is asked for by the size that the headers say, before anything is read", async () => {
    s3.objects.set(`payloads/${KEY}`, large);
    const asked: [bytes: number, open: number][] = [];
    const payload = await payloads.fetch(POINTER, undefined, async (bytes) => {
      asked.push([bytes, s3.open()]);
      return true;
    });
    expect(payload).toMatchObject({ bytes: large.length });
    expect(asked).toEqual([[large.length, 1]]);
  });

  test("that there is none: nothing is read, and the connection is closed", async () => {
    s3.objects.set(`payloads/${KEY}`, large);
    expect(await payloads.fetch(POINTER, undefined, async () => false)).toBeUndefined();
    await isClosed();
  });

  test("is asked for as for the largest of all, where the headers say no size", async () => {
    s3.answerWith({ status: 200, body: "text" });
    const asked: number[] = [];
    const payload = await payloads.fetch(POINTER, undefined, async (bytes) => {
      asked.push(bytes);
      return true;
    });
    expect([payload, asked]).toEqual([{ text: "text", bytes: 4 }, [LARGEST_PAYLOAD_BYTES]]);
  });

  test("is not asked for where the object is too large for any", async () => {
    s3.objects.set(`payloads/${KEY}`, Buffer.alloc(LARGEST_PAYLOAD_BYTES + 1, " "));
    const payload = await payloads.fetch(POINTER, undefined, async () => {
      throw new Error("it was asked for");
    });
    expect(payload).toMatchObject({ reject: { code: "too_large" } });
  });

  test("that takes long: the connection is let go of, and the object asked for again", async () => {
    s3.objects.set(`payloads/${KEY}`, large);
    const before = s3.requests.length;
    const impatient = await openS3Payloads({ maxSockets: 1, keepOpenMs: 1 });
    const asked: number[] = [];
    let grant = (_isGranted: boolean): void => {};
    const fetching = impatient.fetch(POINTER, undefined, (bytes) => {
      asked.push(bytes);
      return new Promise((resolve) => {
        grant = resolve;
      });
    });
    await until("room is asked for", () => asked.length === 1);
    await isClosed();
    grant(true);
    expect(await fetching).toMatchObject({ bytes: large.length });
    expect(asked).toEqual([large.length]);
    expect(s3.requests).toHaveLength(before + 2);
    impatient.close();
  });

  test("is asked for anew where the object has grown meanwhile", async () => {
    s3.objects.set(`payloads/${KEY}`, large.subarray(1));
    const impatient = await openS3Payloads({ maxSockets: 1, keepOpenMs: 1 });
    const asked: number[] = [];
    const fetching = impatient.fetch(POINTER, undefined, async (bytes) => {
      asked.push(bytes);
      if (asked.length > 1) return true;
      await isClosed();
      s3.objects.set(`payloads/${KEY}`, large);
      return true;
    });
    expect(await fetching).toMatchObject({ bytes: large.length });
    expect(asked).toEqual([large.length - 1, large.length]);
    impatient.close();
  });
});

describe("an error of S3 becomes one line that says what to do", () => {
  test.each<[S3Answer, kind: string, code: string, says: string | RegExp]>([
    [
      s3Refusal("AccessDenied", 403),
      "failed",
      "s3_access_denied",
      "access to a payload in S3 is denied: allow s3:GetObject on arn:aws:s3:::payloads/* and s3:ListBucket on arn:aws:s3:::payloads, and kms:Decrypt on the bucket's KMS key if it has one",
    ],
    [{ status: 403, body: "" }, "failed", "s3_access_denied", /allow s3:GetObject/],
    [
      s3Refusal("NoSuchBucket", 404),
      "failed",
      "s3_bucket_missing",
      /no S3 bucket payloads: check s3_buckets/,
    ],
    [s3Refusal("PermanentRedirect", 301), "failed", "s3_wrong_endpoint", /check AWS_REGION/],
    [s3Refusal("ExpiredToken", 400), "failed", "credentials_expired", /have expired/],
    [s3Refusal("InvalidAccessKeyId", 403), "failed", "credentials_invalid", /does not accept the AWS cred/],
    [s3Refusal("RequestTimeTooSkewed", 403), "failed", "clock_skew", /clock/],
    [s3Refusal("SlowDown", 503), "unavailable", "service_unavailable", /cannot answer GetObject now/],
    [s3Refusal("InternalError", 500), "unavailable", "service_unavailable", /cannot answer GetObject now/],
    [
      { status: 502, body: "<html>the-text-of-the-server" },
      "unavailable",
      "service_unavailable",
      /try again/,
    ],
    [s3Refusal("KMS.ThrottlingException", 400), "unavailable", "service_unavailable", /try again/],
    [s3Refusal("InvalidRequest", 400), "failed", "request_refused", /HTTP 400 \(InvalidRequest\)$/],
    [s3Refusal("MethodNotAllowed", 405), "failed", "request_refused", /HTTP 405 \(MethodNotAllowed\)$/],
    [s3Refusal("the-text-of-the-server", 400), "failed", "request_refused", /HTTP 400$/],
    ["close", "unavailable", "connection_lost", /cannot reach S3 at 127\.0\.0\.1:\d+: the connection/],
    ["cut", "unavailable", "connection_lost", /cannot reach S3 at 127\.0\.0\.1:\d+: the connection/],
  ])("%j", async (answer, kind, code, says) => {
    s3.objects.set(`payloads/${KEY}`, "x".repeat(100_000));
    s3.answerWith(answer);
    const error = await errorOf(payloads.fetch(POINTER));
    expect(error).toMatchObject({ kind, code });
    expect(error.message).toMatch(says);
    for (const secret of [SECRET, "the-key", "the-text-of-the-server"]) {
      expect(error.message + error.code).not.toContain(secret);
    }
  });

  test("nobody listens", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1");
    const error = await errorOf((await openS3Payloads({ maxSockets: 1 })).fetch(POINTER));
    expect(error).toMatchObject({ kind: "unavailable", code: "connection_refused" });
  });

  test.each(["127.0.0.1:4566", "ftp://s3", "no url"])("the endpoint %s", async (endpoint) => {
    vi.stubEnv("AWS_ENDPOINT_URL_S3", endpoint);
    const error = await errorOf((await openS3Payloads({ maxSockets: 1 })).fetch(POINTER));
    expect(error).toMatchObject({ kind: "usage", code: "endpoint_malformed" });
  });

  test("no region, unless the queue's is known", async () => {
    vi.stubEnv("AWS_REGION", undefined);
    const error = await errorOf((await openS3Payloads({ maxSockets: 1 })).fetch(POINTER));
    expect(error).toMatchObject({ kind: "usage", code: "no_region" });
    s3.objects.set(`payloads/${KEY}`, "x");
    const located = await openS3Payloads({ maxSockets: 1, region: "eu-west-1" });
    expect(await located.fetch(POINTER)).toEqual({ text: "x", bytes: 1 });
    located.close();
  });

  test("no credentials", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", undefined);
    const error = await errorOf((await openS3Payloads({ maxSockets: 1 })).fetch(POINTER));
    expect(error).toMatchObject({ kind: "usage", code: "no_credentials" });
  });
});

test("an object that was damaged on its way is asked for again, and not read", async () => {
  // The CRC-32 of another text.
  s3.answerWith({ status: 200, body: "text", headers: { "x-amz-checksum-crc32": "AAAAAA==" } });
  expect(await errorOf(payloads.fetch(POINTER))).toMatchObject({
    kind: "unavailable",
    code: "payload_damaged",
  });
});

test("a signal cuts off what is on its way", async () => {
  s3.answerWith("hang");
  const cut = new AbortController();
  const failing = errorOf(payloads.fetch(POINTER, cut.signal));
  await until("it was asked", () => s3.open() === 1);
  cut.abort();
  expect(await failing).toMatchObject({ code: "aborted" });
  await until("the connection is closed", () => s3.open() === 0);
});
