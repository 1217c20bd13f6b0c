import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createTransport, type Transport } from "../../../src/fetcher/sqs/direct/transport.js";
import { stubAwsSettings } from "../../support/aws-settings.js";

const REQUEST = { path: "/", headers: {}, body: Buffer.from("{}") };
/** What the test waits for comes long before. */
const TIMEOUTS = { timeoutMs: 60_000, connectTimeoutMs: 60_000 };

/** Takes connections, and what is said on them, without a word. */
let silent: Server;
let origin: string;
let connections: Socket[];
let connected: Promise<void>;
let transport: Transport | undefined;

beforeEach(async () => {
  stubAwsSettings({});
  connections = [];
  silent = createServer();
  connected = new Promise((resolve) => {
    silent.on("connection", (socket) => {
      connections.push(socket);
      socket.on("error", () => {});
      resolve();
    });
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = silent.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  origin = `http://127.0.0.1:${address.port}`;
});
afterEach(async () => {
  transport?.close();
  for (const socket of connections) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
  vi.unstubAllEnvs();
});

test("an abort ends a request that waits for a connection", async () => {
  transport = createTransport({ origin, connections: 1, ...TIMEOUTS });
  const first = transport.post({ ...REQUEST, signal: undefined });
  const control = new AbortController();
  const second = transport.post({ ...REQUEST, signal: control.signal });
  await connected;
  control.abort(new Error("enough"));
  await expect(second).rejects.toThrow("enough");
  expect(connections).toHaveLength(1);
  transport.close();
  await expect(first).rejects.toThrow();
});

test("an abort ends a request whose proxy does not answer", async () => {
  vi.stubEnv("HTTPS_PROXY", origin);
  transport = createTransport({ origin: "https://sqs.invalid", connections: 1, ...TIMEOUTS });
  const control = new AbortController();
  const request = transport.post({ ...REQUEST, signal: control.signal });
  await connected;
  control.abort(new Error("enough"));
  await expect(request).rejects.toThrow("enough");
});

test.each(["http", "https"])("a proxy that does not answer is given up (%s)", async (scheme) => {
  vi.stubEnv(`${scheme.toUpperCase()}_PROXY`, origin);
  const timeouts = { timeoutMs: 100, connectTimeoutMs: 100 };
  transport = createTransport({ origin: `${scheme}://sqs.invalid`, connections: 1, ...timeouts });
  await expect(transport.post({ ...REQUEST, signal: undefined })).rejects.toMatchObject({
    code: "UND_ERR_HEADERS_TIMEOUT",
  });
});

test("an end of the transport ends its requests", async () => {
  transport = createTransport({ origin, connections: 1, ...TIMEOUTS });
  const request = transport.post({ ...REQUEST, signal: undefined });
  await connected;
  transport.close();
  await expect(request).rejects.toThrow();
});
