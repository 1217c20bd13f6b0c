import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Queue } from "../../../src/fetcher/queue.js";
import { stubAwsSettings } from "../../support/aws-settings.js";
import { type HttpProxy, startHttpProxy } from "../../support/http-proxy.js";
import { QUEUE_CLIENTS } from "../../support/queue-clients.js";
import { ok, type SqsStub, startSqsStub } from "../../support/sqs-stub.js";

const RECEIVE = { maxMessages: 10, waitSeconds: 1, visibilitySeconds: 30 };
const USER = "me:p%40ss";
const AUTHORIZATION = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
const AWS = "sqs.eu-west-1.amazonaws.com";

describe.each(QUEUE_CLIENTS)("$way", (client) => {
  let stub: SqsStub;
  let proxy: HttpProxy;
  let queue: Queue | undefined;

  beforeAll(async () => {
    stub = await startSqsStub();
    proxy = await startHttpProxy();
  });
  afterAll(async () => {
    await proxy.stop();
    await stub.stop();
  });
  beforeEach(() => {
    proxy.refuse(undefined);
    stub.answerWith(ok({ Messages: [] }));
    stubAwsSettings({
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_MAX_ATTEMPTS: "1",
    });
  });
  afterEach(() => {
    queue?.close();
    queue = undefined;
    vi.unstubAllEnvs();
  });

  /** Receives from a queue at `host`, and says what the proxy saw of that. */
  async function receive(host: string) {
    queue = await client.open({ queue: `${host}/000000000000/q`, maxSockets: 2 });
    const before = proxy.seen.length;
    const page = await queue.receive(RECEIVE);
    return { page, seen: proxy.seen.slice(before) };
  }

  async function errorOf(host: string): Promise<{ kind: string; code: string; message: string }> {
    const error = await receive(host).catch((reason: unknown) => reason);
    if (!(error instanceof Error)) throw new Error("it was received");
    expect(error.message).not.toMatch(/me:|p@ss|p%40ss|the-text-of-the-server/);
    const { kind, code, message } = error as Error & { kind: string; code: string };
    return { kind, code, message };
  }

  test.each([
    ["HTTP_PROXY", "http://", USER, AUTHORIZATION],
    ["http_proxy", "http://", "", undefined],
    ["HTTP_PROXY", "", "", undefined],
    ["HTTP_PROXY", "http://", "me", `Basic ${Buffer.from("me:").toString("base64")}`],
    ["ALL_PROXY", "http://", USER, AUTHORIZATION],
  ])("plain HTTP is forwarded: %s=%sUSER@HOST for %j", async (name, scheme, user, authorization) => {
    vi.stubEnv(name, `${scheme}${user === "" ? "" : `${user}@`}${proxy.address}`);
    const { page, seen } = await receive(stub.endpoint);
    expect(page).toEqual([]);
    expect(seen).toEqual([{ method: "POST", target: `${stub.endpoint}/`, authorization }]);
    expect(stub.requests.at(-1)?.way).toBe(client.way);
    expect(stub.requests.at(-1)?.headers["proxy-authorization"]).toBeUndefined();
  });

  test.each(["127.0.0.1", "localhost, 127.0.0.1", "*"])("NO_PROXY=%s: it goes straight", async (hosts) => {
    vi.stubEnv("HTTP_PROXY", `http://${proxy.address}`);
    vi.stubEnv("NO_PROXY", hosts);
    expect(await receive(stub.endpoint)).toEqual({ page: [], seen: [] });
    expect(stub.requests.at(-1)?.way).toBe(client.way);
  });

  test("a proxy for HTTPS is none for HTTP", async () => {
    vi.stubEnv("HTTPS_PROXY", `http://${proxy.address}`);
    expect(await receive(stub.endpoint)).toEqual({ page: [], seen: [] });
  });

  test.each<[number, string, string, RegExp]>([
    [407, "failed", "proxy_refused", /with HTTP 407: it wants another user and password/],
    [403, "failed", "proxy_refused", /with HTTP 403: let it pass this host, or name the host in NO_PROXY$/],
    [502, "unavailable", "proxy_refused", /with HTTP 502: /],
  ])("a tunnel that is refused with %i", async (status, kind, code, says) => {
    vi.stubEnv("HTTPS_PROXY", `http://${USER}@${proxy.address}`);
    proxy.refuse(status);
    const error = await errorOf(`https://${AWS}`);
    expect(error).toMatchObject({ kind, code, message: expect.stringMatching(says) });
    expect(error.message).toContain(`the proxy ${proxy.address} refuses requests to ${AWS} `);
    expect(proxy.seen.at(-1)).toEqual({
      method: "CONNECT",
      target: `${AWS}:443`,
      authorization: AUTHORIZATION,
    });
  });

  test.each<[number, string, string]>([
    [407, "proxy_refused", "the proxy refuses requests to"],
    [502, "service_unavailable", "answered ReceiveMessage with HTTP 502"],
  ])("a request that is refused with %i", async (status, code, says) => {
    vi.stubEnv("HTTP_PROXY", `http://${USER}@${proxy.address}`);
    proxy.refuse(status);
    expect(await errorOf(stub.endpoint)).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(stub.requests).toEqual([]);
  });

  test.each(["http", "https"])("a proxy for %s that cannot be reached", async (scheme) => {
    vi.stubEnv(`${scheme.toUpperCase()}_PROXY`, `http://${USER}@127.0.0.1:1`);
    expect(await errorOf(`${scheme}://${AWS}`)).toEqual({
      kind: "unavailable",
      code: "connection_refused",
      message:
        "cannot reach the proxy at 127.0.0.1:1: the connection is refused: check HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, whichever names it; NO_PROXY lists the hosts that need none",
    });
  });

  test.each([`socks5://${USER}@127.0.0.1:1080`, `http://${USER}@`, "http://%zz@127.0.0.1:1"])(
    "%s is no URL of a proxy",
    async (url) => {
      vi.stubEnv("HTTPS_PROXY", url);
      expect(await errorOf(`https://${AWS}`)).toMatchObject({ code: "proxy_malformed" });
    },
  );
});
