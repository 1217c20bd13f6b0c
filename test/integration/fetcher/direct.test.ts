import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Queue } from "../../../src/fetcher/queue.js";
import { type OpenQueueOptions, openQueue } from "../../../src/fetcher/sqs/open-queue.js";
import { stubAwsSettings } from "../../support/aws-settings.js";
import { startContainerCredentials } from "../../support/container-credentials.js";
import {
  ok,
  refusal,
  type SqsStub,
  type StubAnswer,
  type StubRequest,
  startSqsStub,
} from "../../support/sqs-stub.js";

const RECEIVE = { maxMessages: 10, waitSeconds: 1, visibilitySeconds: 30 };
const KEYS = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };
const ANSWER = ok({ Messages: [], Attributes: { ApproximateNumberOfMessages: "0" } });

let stub: SqsStub;
const opened: Queue[] = [];

beforeAll(async () => {
  stub = await startSqsStub();
});
afterAll(() => stub.stop());
beforeEach(() => {
  stub.answerWith(ANSWER);
  stubAwsSettings({ AWS_ENDPOINT_URL_SQS: stub.endpoint, AWS_REGION: "eu-west-1", ...KEYS });
});
afterEach(() => {
  for (const queue of opened.splice(0)) queue.close();
  vi.unstubAllEnvs();
});

async function open(options: Partial<OpenQueueOptions> = {}): Promise<Queue> {
  const queue = `${stub.endpoint}/000000000000/q`;
  const direct = await openQueue({ queue, maxSockets: 2, direct: true, ...options });
  opened.push(direct);
  return direct;
}

/** The requests of two receives: the SDK's, as it has asked for nothing else before, and a direct one. */
async function bothWays(options: Partial<OpenQueueOptions> = {}): Promise<[StubRequest, StubRequest]> {
  const queue = await open(options);
  await queue.receive(RECEIVE);
  await queue.receive(RECEIVE);
  const [sdk, direct, ...more] = stub.requests;
  expect([sdk?.way, direct?.way, more.length]).toEqual(["sdk", "direct", 0]);
  return [sdk, direct] as [StubRequest, StubRequest];
}

/** Whose signature it is, for which service and region, and which headers it covers. */
function signed({ headers }: StubRequest) {
  const said = /Credential=(.*?)\/\d{8}\/(.*?)\/sqs\/aws4_request, ?SignedHeaders=(.*?),/;
  const [, accessKeyId, region, covered] = said.exec(String(headers.authorization)) ?? [];
  return { accessKeyId, region, covered: covered?.split(";") };
}

describe("asks as the SDK does", () => {
  test.each(["", "/", "/prefix", "/prefix/", "/a/b%20c", "/%C3%A4"])(
    "at an endpoint's path %j",
    async (path) => {
      vi.stubEnv("AWS_ENDPOINT_URL_SQS", `${stub.endpoint}${path}`);
      const [sdk, direct] = await bothWays();
      expect(direct.path).toBe(sdk.path);
      expect(direct.headers.host).toBe(sdk.headers.host);
      expect(direct.input).toEqual(sdk.input);
    },
  );

  test.each([
    ["a URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/q", "eu-central-1"],
    ["a URL of an emulator", "http://127.0.0.1:1/000000000000/q", "eu-west-1"],
  ])("in the region of %s", async (_, queue, region) => {
    const [sdk, direct] = await bothWays({ queue });
    expect([signed(sdk).region, signed(direct).region]).toEqual([region, region]);
  });

  test("with a session token", async () => {
    vi.stubEnv("AWS_SESSION_TOKEN", "the-token");
    for (const request of await bothWays()) {
      expect(request.headers["x-amz-security-token"]).toBe("the-token");
      expect(signed(request).covered).toContain("x-amz-security-token");
    }
  });

  test("with what its provider renews", async () => {
    const provider = await startContainerCredentials();
    for (const name of Object.keys(KEYS)) vi.stubEnv(name, undefined);
    for (const [name, value] of Object.entries(provider.environment)) vi.stubEnv(name, value);
    const queue = await open();
    await queue.attributes();
    expect(stub.requests.map(signed)).toMatchObject([{ accessKeyId: "AKIDONE" }]);
    // Those that are about to expire are used until there are new ones.
    await vi.waitFor(async () => {
      await queue.receive(RECEIVE);
      expect(stub.requests.map(signed).at(-1)).toMatchObject({ accessKeyId: "AKIDTWO" });
    });
    await provider.stop();
    expect(stub.requests.at(-1)?.way).toBe("direct");
    expect(stub.requests.at(-1)?.headers["x-amz-security-token"]).toBe("token-TWO");
  });
});

describe("another clock than AWS's", () => {
  const HOURS_MS = 6 * 3_600_000;
  const awsNow = (): number => Date.now() + HOURS_MS;

  /** How far a request's time is from AWS's. */
  const skewMs = ({ headers }: StubRequest): number => {
    const date = String(headers["x-amz-date"]);
    return Math.abs(Date.parse(date.replace(/(....)(..)(..T..)(..)/, "$1-$2-$3:$4:")) - awsNow());
  };
  const strict =
    (code: string): StubAnswer =>
    (request) => {
      const date = new Date(awsNow()).toUTCString();
      const isRefused = skewMs(request) > 300_000;
      return { ...(isRefused ? refusal(code, 403) : ANSWER), headers: { date } };
    };

  test.each(["RequestTimeTooSkewed", "InvalidSignatureException"])(
    "%s: the SDK corrects itself, and direct requests with it",
    async (code) => {
      let nowMs = 0;
      const queue = await open({ now: () => nowMs });
      await queue.attributes();
      stub.answerWith(strict(code));
      await queue.receive(RECEIVE);
      nowMs += 1_000;
      await queue.receive(RECEIVE);
      expect(stub.requests.map(({ way }) => way)).toEqual(["direct", "sdk", "sdk", "direct"]);
      const [first, second, ...corrected] = stub.requests.map(skewMs);
      for (const skew of [first, second]) expect(skew).toBeGreaterThan(300_000);
      for (const skew of corrected) expect(skew).toBeLessThan(60_000);
    },
  );
});

describe("a failure", () => {
  test.each<[string, StubAnswer]>([
    ["throttling", refusal("ThrottlingException")],
    ["an internal error", refusal("InternalError", 500)],
    ["a closed connection", "close"],
    ["a connection that is cut", "cut"],
  ])("leaves the call to the SDK, and the next ones for a while: %s", async (_, answer) => {
    let nowMs = 0;
    const queue = await open({ now: () => nowMs });
    await queue.attributes();
    stub.answerWith(answer, ANSWER);
    for (const afterMs of [0, 999, 1, 0]) {
      nowMs += afterMs;
      expect(await queue.receive(RECEIVE)).toEqual([]);
    }
    expect(stub.requests.map(({ way }) => way)).toEqual(["direct", "sdk", "sdk", "direct", "direct"]);
    expect(queue.requests.receive).toBe(5);
  });

  test("does not reach the SDK when the queue is closed, and is no detour then", async () => {
    const onDetour = vi.fn();
    const queue = await open({ onDetour });
    await queue.attributes();
    stub.answerWith("hang");
    const deleting = queue.deleteBatch(["handle"]);
    await stub.requested();
    queue.close();
    await expect(deleting).rejects.toMatchObject({ code: "aborted" });
    expect(stub.requests).toHaveLength(1);
    expect(onDetour).not.toHaveBeenCalled();
  });

  test("is told as a detour, with the pause that follows", async () => {
    const onDetour = vi.fn();
    const queue = await open({ onDetour });
    await queue.attributes();
    stub.answerWith("close", ANSWER);
    await queue.receive(RECEIVE);
    expect(onDetour.mock.calls).toEqual([
      [{ action: "ReceiveMessage", code: expect.any(String), pauseMs: 1_000 }],
    ]);
  });

  test("does not reach the SDK after the end of a call's signal", async () => {
    const queue = await open();
    await queue.attributes();
    const control = new AbortController();
    stub.answerWith(() => {
      control.abort();
      return "close";
    });
    await expect(queue.receive(RECEIVE, control.signal)).rejects.toMatchObject({ code: "aborted" });
    expect(stub.requests).toHaveLength(1);
  });
});
