import { expect, test } from "vitest";
import { createClient } from "../../../src/fetcher/sqs/client.js";
import { parseQueueReference } from "../../../src/fetcher/sqs/queue-reference.js";
import { loadSdk } from "../../../src/fetcher/sqs/sdk.js";

const EMULATOR = "http://127.0.0.1:4566/";

test.each([
  ["login-queue", {}, "https://sqs.eu-west-1.amazonaws.com/"],
  ["login-queue", { UseDualStack: true }, "https://sqs.eu-west-1.api.aws/"],
  ["login-queue", { Endpoint: EMULATOR }, EMULATOR],
  ["https://sqs.eu-west-1.amazonaws.com/123456789012/q", {}, "https://sqs.eu-west-1.amazonaws.com/"],
  [
    "https://sqs.eu-west-1.amazonaws.com/123456789012/q",
    { UseFIPS: true },
    "https://sqs-fips.eu-west-1.amazonaws.com/",
  ],
  ["https://sqs.eu-west-1.amazonaws.com/123456789012/q", { Endpoint: EMULATOR }, EMULATOR],
  [
    "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com/123456789012/q",
    {},
    "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com/",
  ],
  ["http://localhost:9324/000000000000/q", {}, "http://localhost:9324/"],
  ["http://localhost:9324/000000000000/q", { UseFIPS: true, UseDualStack: true }, "http://localhost:9324/"],
  ["http://localhost:9324/000000000000/q", { Endpoint: EMULATOR }, EMULATOR],
])("requests for %s with the settings %j go to %s", async (queue, settings, url) => {
  const hosts: string[] = [];
  const { client } = await createClient(await loadSdk(), {
    reference: parseQueueReference(queue),
    maxSockets: 1,
    onWarning: () => {},
    onEndpoint: ({ host }) => hosts.push(host),
  });
  const parameters = { Region: "eu-west-1", UseFIPS: false, UseDualStack: false, ...settings };
  expect(client.config.endpointProvider(parameters).url.href).toBe(url);
  expect(hosts).toEqual([new URL(url).host]);
  client.destroy();
});
