import { beforeEach, describe, expect, test } from "vitest";
import { type Ask, createAsk, type Detour, type Endpoint } from "../../../../src/fetcher/sqs/direct/ask.js";
import { createBreaker } from "../../../../src/fetcher/sqs/direct/breaker.js";
import type { PostAnswer, PostRequest } from "../../../../src/fetcher/sqs/direct/transport.js";

const GOOD: PostAnswer = { status: 200, body: '{"answer":42}' };
const NOW = Date.UTC(2026, 10, 26, 6, 0, 0);

let endpoint: Endpoint | undefined;
let credentials: () => Promise<{ accessKeyId: string; secretAccessKey: string }>;
let answer: (request: PostRequest) => Promise<PostAnswer>;
let requests: { receive: number; delete: number; extend: number; other: number };
let posted: { readonly origin: string; readonly request: PostRequest }[];
let nowMs: number;
let ask: Ask;
let detours: Detour[];

beforeEach(() => {
  endpoint = { url: new URL("https://sqs.eu-west-1.amazonaws.com/"), region: "eu-west-1" };
  credentials = async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" });
  answer = async () => GOOD;
  requests = { receive: 0, delete: 0, extend: 0, other: 0 };
  posted = [];
  nowMs = 0;
  detours = [];
  ask = createAsk({
    endpoint: () => endpoint,
    credentials: () => credentials(),
    transport: (origin) => ({
      post: (request) => {
        posted.push({ origin, request });
        return answer(request);
      },
      close: () => {},
    }),
    breaker: createBreaker(() => nowMs),
    requests,
    userAgent: "sqs2pg/1.2.3",
    context: () => ({ queue: "login-queue" }),
    awsNow: () => NOW,
    onDetour: (detour) => detours.push(detour),
  });
});

function question(signal?: AbortSignal): Promise<object | undefined> {
  return ask({ cost: "receive", action: "ReceiveMessage", input: { QueueUrl: "u" } }, signal);
}

test("a call is posted to the endpoint, signed, and counted", async () => {
  expect(await question()).toEqual({ answer: 42 });
  expect(posted).toEqual([
    {
      origin: "https://sqs.eu-west-1.amazonaws.com",
      request: {
        path: "/",
        body: Buffer.from('{"QueueUrl":"u"}'),
        signal: undefined,
        headers: expect.objectContaining({
          Host: "sqs.eu-west-1.amazonaws.com",
          "X-Amz-Target": "AmazonSQS.ReceiveMessage",
          "X-Amz-Date": "20261126T060000Z",
          Authorization: expect.stringContaining("Credential=AKIDEXAMPLE/20261126/eu-west-1/sqs/"),
        }),
      },
    },
  ]);
  expect(requests).toEqual({ receive: 1, delete: 0, extend: 0, other: 0 });
});

test.each([
  ["http://127.0.0.1:4566/prefix", "/prefix/"],
  ["http://127.0.0.1:4566/prefix/", "/prefix/"],
  ["http://127.0.0.1:4566/a/b%20c", "/a/b%20c/"],
])("an endpoint of %s is asked at %s", async (url, path) => {
  endpoint = { url: new URL(url), region: "eu-west-1" };
  await question();
  expect(posted).toMatchObject([
    { origin: "http://127.0.0.1:4566", request: { path, headers: { Host: "127.0.0.1:4566" } } },
  ]);
});

test("nothing is asked before the SDK has found the endpoint", async () => {
  endpoint = undefined;
  expect(await question()).toBeUndefined();
  expect(posted).toEqual([]);
  expect(requests.receive).toBe(0);
});

describe("is left to the SDK, and so is the next call:", () => {
  const reset = Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" });
  const answers: readonly (readonly [string, string, () => Promise<PostAnswer>])[] = [
    ["a refusal", "http_400", async () => ({ status: 400, body: "{}" })],
    ["a good answer with another status", "http_202", async () => ({ ...GOOD, status: 202 })],
    ["no JSON", "unreadable", async () => ({ ...GOOD, body: "<html>" })],
    ["nothing", "unreadable", async () => ({ ...GOOD, body: "" })],
    ["null", "unreadable", async () => ({ ...GOOD, body: "null" })],
    ["a list", "unreadable", async () => ({ ...GOOD, body: "[1]" })],
    ["a text", "unreadable", async () => ({ ...GOOD, body: '"x"' })],
    ["no answer", "ECONNRESET", () => Promise.reject(reset)],
    ["no answer, without a code", "TypeError", () => Promise.reject(new TypeError("fetch failed"))],
  ];
  test.each(answers)("%s", async (_, code, give) => {
    answer = give;
    expect(await Promise.all([question(), question()])).toEqual([undefined, undefined]);
    expect(detours).toEqual([{ action: "ReceiveMessage", code, pauseMs: 1_000 }]);
    requests.receive = 1;
    answer = async () => GOOD;
    expect(await question()).toBeUndefined();
    expect(requests.receive).toBe(1);
    nowMs += 1_000;
    expect(await question()).toEqual({ answer: 42 });
    expect(requests.receive).toBe(2);
  });

  test("no credentials, which is no request", async () => {
    credentials = () => Promise.reject(new Error("expired"));
    expect(await question()).toBeUndefined();
    expect(requests.receive).toBe(0);
    expect(posted).toEqual([]);
  });
});

describe("an abort", () => {
  const ABORTED = { name: "QueueError", code: "aborted", message: "ReceiveMessage was interrupted" };

  test("before the call: nothing is sent", async () => {
    await expect(question(AbortSignal.abort())).rejects.toMatchObject(ABORTED);
    expect(posted).toEqual([]);
    expect(requests.receive).toBe(0);
  });

  test("during the call: it ends, and is no failure", async () => {
    const control = new AbortController();
    answer = async ({ signal }) => {
      control.abort();
      throw signal?.reason;
    };
    await expect(question(control.signal)).rejects.toMatchObject(ABORTED);
    answer = async () => GOOD;
    expect(await question()).toEqual({ answer: 42 });
  });
});
