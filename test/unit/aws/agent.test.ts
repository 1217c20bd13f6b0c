import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createProxyAgents } from "../../../src/aws/proxy-agents.js";
import { stubAwsSettings } from "../../support/aws-settings.js";
import { createAuthority } from "../../support/certificates.js";
import { type HttpProxy, startHttpProxy } from "../../support/http-proxy.js";
import { until } from "../../support/until.js";

const [HOST, OTHER_HOST] = ["one.example", "two.example"];

let ca: string;
let server: http.Server;
let secureServer: https.Server;
let proxy: HttpProxy;
let agents: readonly http.Agent[];

beforeAll(async () => {
  const authority = await createAuthority("Root");
  ca = authority.cert;
  secureServer = https.createServer(await authority.issue({ name: "s", hosts: [HOST, OTHER_HOST] }), answer);
  server = http.createServer(answer);
  await Promise.all([server, secureServer].map((one) => once(one.listen(0, "127.0.0.1"), "listening")));
  return () => {
    for (const one of [server, secureServer]) {
      one.close();
      one.closeAllConnections();
    }
  };
});

function answer(_request: unknown, response: http.ServerResponse): void {
  response.end("hello");
}

beforeEach(async () => {
  proxy = await startHttpProxy({ tunnelTo: (secureServer.address() as AddressInfo).port });
  stubAwsSettings({ ALL_PROXY: `http://${proxy.address}` });
  agents = [];
});
afterEach(async () => {
  for (const agent of agents) agent.destroy();
  await proxy.stop();
  vi.unstubAllEnvs();
});

const LIMIT = { keepAlive: true, maxSockets: 1 };
type Scheme = "http" | "https";

function agentOf(scheme: Scheme, options = LIMIT): http.Agent {
  const { httpAgent, httpsAgent } = createProxyAgents(options);
  if (!(httpAgent instanceof http.Agent && httpsAgent instanceof http.Agent)) throw new Error("no agents");
  agents = [...agents, httpAgent, httpsAgent];
  return scheme === "http" ? httpAgent : httpsAgent;
}

interface Asked {
  readonly request: http.ClientRequest;
  /** What was answered, or the error. */
  readonly outcome: Promise<unknown>;
}

function ask(scheme: Scheme, agent: http.Agent, host = HOST): Asked {
  const { port } = server.address() as AddressInfo;
  const request =
    scheme === "http" ? http.get({ host: "127.0.0.1", port, agent }) : https.get({ host, agent, ca });
  const outcome = new Promise((resolve) => {
    request.on("error", resolve);
    request.on("response", (response) => resolve(text(response)));
  });
  return { request, outcome };
}

const GIVEN_UP = expect.objectContaining({ name: "AbortError" });

describe("a proxy that takes the connection and says nothing", () => {
  async function askInVain(agent: http.Agent): Promise<Asked> {
    proxy.silence(true);
    const asked = ask("https", agent);
    await until("it was asked", () => proxy.seen.length === 1);
    return asked;
  }

  test("a call that is given up leaves nothing behind, and the next one gets through", async () => {
    const agent = agentOf("https");
    const { request, outcome } = await askInVain(agent);
    request.destroy();
    expect(await outcome).toEqual(GIVEN_UP);
    await until("its connection is closed", () => proxy.connections === 0);
    proxy.silence(false);
    expect(await ask("https", agent).outcome).toBe("hello");
  });

  test("a call that waits for its connection gets through after it", async () => {
    const agent = agentOf("https");
    const { request, outcome } = await askInVain(agent);
    const next = ask("https", agent);
    proxy.silence(false);
    request.destroy();
    expect(await outcome).toEqual(GIVEN_UP);
    expect(await next.outcome).toBe("hello");
  });

  test("the agent's end is the end of all calls", async () => {
    const agent = agentOf("https");
    const { outcome } = await askInVain(agent);
    const waiting = ask("https", agent);
    agent.destroy();
    expect(await Promise.all([outcome, waiting.outcome])).toEqual([GIVEN_UP, GIVEN_UP]);
    await until("its connection is closed", () => proxy.connections === 0);
    expect(proxy.seen).toHaveLength(1);
  });
});

describe.each<Scheme>(["http", "https"])("%s, and a proxy that cannot be reached", (scheme) => {
  /** An agent that looks the proxy's name up in vain until `isFound`. */
  function lostAgent() {
    vi.stubEnv("ALL_PROXY", `http://${proxy.address.replace("127.0.0.1", "proxy.example")}`);
    const found = { address: "127.0.0.1", family: 4 };
    const state = { isFound: false };
    const lookup = vi.fn((_host: string, { all }: { all?: boolean }, done: (...all: unknown[]) => void) => {
      if (state.isFound) done(null, ...(all ? [[found]] : [found.address, found.family]));
    });
    const agent = agentOf(scheme, { ...LIMIT, ...{ lookup } });
    const lost = async (): Promise<Asked> => {
      const asked = ask(scheme, agent);
      await until("it is looked up", () => lookup.mock.calls.length > 0);
      return asked;
    };
    return { agent, lost, state };
  }

  test("a call that is given up gives its place to the next one", async () => {
    const { agent, lost, state } = lostAgent();
    const { request, outcome } = await lost();
    const next = ask(scheme, agent);
    state.isFound = true;
    request.destroy();
    expect(await outcome).toEqual(GIVEN_UP);
    expect(await next.outcome).toBe("hello");
  });

  test("the agent's end is the end of all calls", async () => {
    const { agent, lost } = lostAgent();
    const { outcome } = await lost();
    const waiting = ask(scheme, agent);
    agent.destroy();
    expect(await Promise.all([outcome, waiting.outcome])).toEqual([GIVEN_UP, GIVEN_UP]);
  });

  test("a call that is given up before it begins", async () => {
    const { agent, state } = lostAgent();
    const { request, outcome } = ask(scheme, agent);
    request.destroy();
    expect(await outcome).toEqual(GIVEN_UP);
    state.isFound = true;
    expect(await ask(scheme, agent).outcome).toBe("hello");
  });
});

test.each<[Scheme, connections: number]>([
  ["https", 1],
  ["http", 3],
])("%s: three calls one after another need %i connections", async (scheme, connections) => {
  const agent = agentOf(scheme);
  for (let call = 1; call <= 3; call += 1) expect(await ask(scheme, agent).outcome).toBe("hello");
  expect(proxy.accepted).toBe(connections);
});

const REFUSED = expect.objectContaining({ name: "ProxyError", status: 502 });

test("a refusal is told to all calls that wait for the same connection", async () => {
  const agent = agentOf("https");
  proxy.refuse(502);
  const all = [1, 2, 3].map(() => ask("https", agent).outcome);
  expect(await Promise.all(all)).toEqual([REFUSED, REFUSED, REFUSED]);
  expect(proxy.seen).toHaveLength(3);
  proxy.refuse(undefined);
  // Node looks who waits when a connection closes.
  const other = ask("https", agent, OTHER_HOST);
  await once(other.request, "socket");
  other.request.destroy();
  await until("it is closed", () => proxy.connections === 0);
  expect(await ask("https", agent).outcome).toBe("hello");
});

test("a refusal to a call whose turn comes as a connection is lost", async () => {
  const agent = agentOf("https");
  const { request, outcome } = ask("https", agent);
  const later = [1, 2].map(() => ask("https", agent).outcome);
  await once(request, "socket");
  proxy.refuse(502);
  request.destroy(new Error("lost"));
  expect(await outcome).toEqual(new Error("lost"));
  expect(await Promise.all(later)).toEqual([REFUSED, REFUSED]);
  expect(proxy.seen).toHaveLength(3);
  proxy.refuse(undefined);
  expect(await ask("https", agent).outcome).toBe("hello");
});

test("an agent that ends in the moment of its first request ends that, too", async () => {
  proxy.silence(true);
  const agent = agentOf("https");
  const { outcome } = ask("https", agent);
  agent.destroy();
  expect(await outcome).toMatchObject({ name: "AbortError" });
});
