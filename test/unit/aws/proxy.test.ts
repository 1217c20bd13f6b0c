import http from "node:http";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { agentsFor } from "../../../src/aws/agent.js";
import { proxyFor } from "../../../src/aws/proxy.js";
import { stubAwsSettings } from "../../support/aws-settings.js";

const SQS = "https://sqs.eu-west-1.amazonaws.com/";
const OPTIONS = { keepAlive: true, maxSockets: 3 };

beforeEach(() => stubAwsSettings({}));
afterEach(() => vi.unstubAllEnvs());

function setEnvironment(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value);
}

describe("the proxy", () => {
  test.each<[Readonly<Record<string, string>>, url: string, proxy: string | undefined]>([
    [{}, SQS, undefined],
    [{ HTTPS_PROXY: "" }, SQS, undefined],
    [{ HTTPS_PROXY: "http://proxy:3128" }, SQS, "http://proxy:3128/"],
    [{ https_proxy: "http://proxy:3128" }, SQS, "http://proxy:3128/"],
    [{ HTTPS_PROXY: "https://proxy:3129" }, SQS, "https://proxy:3129/"],
    [{ HTTPS_PROXY: "proxy:3128" }, SQS, "http://proxy:3128/"],
    [{ ALL_PROXY: "http://proxy:3128" }, SQS, "http://proxy:3128/"],
    [{ HTTP_PROXY: "http://proxy:3128" }, SQS, undefined],
    [{ HTTP_PROXY: "proxy:3128" }, "http://localhost:4566/", "http://proxy:3128/"],
    [{ HTTPS_PROXY: "http://proxy:3128", NO_PROXY: ".amazonaws.com" }, SQS, undefined],
    [{ HTTPS_PROXY: "http://proxy:3128", no_proxy: "sqs.eu-west-1.amazonaws.com" }, SQS, undefined],
    [
      { HTTPS_PROXY: "http://proxy:3128", NO_PROXY: "sqs.us-east-1.amazonaws.com" },
      SQS,
      "http://proxy:3128/",
    ],
    [{ HTTP_PROXY: "http://proxy:3128", NO_PROXY: "localhost:4566" }, "http://localhost:4566/", undefined],
    [{ HTTP_PROXY: "http://proxy:3128", NO_PROXY: "[::1]" }, "http://[::1]:4566/", undefined],
  ])("%j, %s: %s", (environment, url, proxy) => {
    setEnvironment(environment);
    expect(proxyFor(url)?.url.href).toBe(proxy);
  });

  test.each([
    ["http://proxy:3128", undefined],
    ["http://me:secret@proxy:3128", "me:secret"],
    ["http://me@proxy:3128", "me:"],
    ["http://m%C3%A4x:p%40%3A%2Fs@proxy:3128", "mäx:p@:/s"],
    ["me:secret@proxy:3128", "me:secret"],
  ])("the user of %s is in no URL", (named, user) => {
    vi.stubEnv("HTTPS_PROXY", named);
    const authorization = user === undefined ? undefined : `Basic ${Buffer.from(user).toString("base64")}`;
    expect(proxyFor(SQS)).toEqual({ url: new URL("http://proxy:3128/"), authorization });
  });

  test.each(["socks5://me:secret@proxy", "http://me:secret@", "http://me:%zz@proxy", "http://proxy:secret"])(
    "%s is refused, and not quoted",
    (named) => {
      vi.stubEnv("HTTPS_PROXY", named);
      expect(() => proxyFor(SQS)).toThrow(
        expect.objectContaining({
          name: "UsageError",
          code: "proxy_malformed",
          message: expect.not.stringContaining("secret"),
        }),
      );
    },
  );
});

describe("the agents", () => {
  test.each([{}, { NO_PROXY: "*" }, { HTTPS_PROXY: "" }])(
    "are the SDK's own with %j",
    async (environment) => {
      setEnvironment(environment);
      expect(await agentsFor(OPTIONS)).toEqual({ httpAgent: OPTIONS, httpsAgent: OPTIONS });
    },
  );

  test.each(["HTTPS_PROXY", "http_proxy", "ALL_PROXY"])(
    "are such as ask for a proxy with %s",
    async (name) => {
      vi.stubEnv(name, "http://proxy:3128");
      const { httpAgent, httpsAgent } = await agentsFor(OPTIONS);
      expect(httpAgent).toBeInstanceOf(http.Agent);
      expect(httpsAgent).toBeInstanceOf(http.Agent);
      expect(httpsAgent).not.toBe(httpAgent);
    },
  );
});
