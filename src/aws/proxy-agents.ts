import http from "node:http";
import https from "node:https";
import { Agent, type AgentConnectOpts } from "agent-base";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import { passingOn } from "./passing-on.js";
import { createPendingConnects } from "./pending-connects.js";
import { type HttpProxy, proxyFor } from "./proxy.js";
import { ProxyError } from "./proxy-error.js";

/** Connections of a client: how many at once. */
export interface AgentOptions {
  readonly keepAlive: boolean;
  readonly maxSockets: number;
}

/** For the SDK's request handler. */
export interface Agents {
  readonly httpAgent: AgentOptions | http.Agent;
  readonly httpsAgent: AgentOptions | http.Agent;
}

/** Agents that go through the proxies that the environment names. */
export function createProxyAgents(options: AgentOptions): Agents {
  return { httpAgent: new EnvProxyAgent(options, false), httpsAgent: new EnvProxyAgent(options, true) };
}

/** Asks for each request where it is to go: a client's requests can go to several hosts. */
class EnvProxyAgent extends Agent {
  readonly #agents = new Map<string | undefined, http.Agent>();
  readonly #options: AgentOptions;
  readonly #isSecure: boolean;
  #isEnded = false;

  constructor(options: AgentOptions, isSecure: boolean) {
    // Without it Node has a connection closed after each request. The package for plain HTTP needs that: it puts the whole
    // URL, which a proxy wants to be told, into the requests of new connections only.
    super({ keepAlive: isSecure && options.keepAlive });
    this.#options = options;
    this.#isSecure = isSecure;
  }

  override isSecureEndpoint(): boolean {
    return this.#isSecure;
  }

  connect(_request: http.ClientRequest, { host = "localhost", port }: AgentConnectOpts): http.Agent {
    const name = host.includes(":") ? `[${host}]` : host;
    const proxy = proxyFor(`${this.#isSecure ? "https" : "http"}://${name}:${port}`);
    const key = proxy?.url.href;
    const agent = this.#agents.get(key) ?? agentOf(this.#isSecure, proxy, this.#options);
    this.#agents.set(key, agent);
    // A request that was made before the end comes here after it.
    if (this.#isEnded) agent.destroy();
    return agent;
  }

  override destroy(): void {
    this.#isEnded = true;
    for (const agent of this.#agents.values()) agent.destroy();
  }
}

function agentOf(isSecure: boolean, proxy: HttpProxy | undefined, options: AgentOptions): http.Agent {
  if (proxy === undefined) return isSecure ? new https.Agent(options) : new http.Agent(options);
  const { url, authorization } = proxy;
  const headers = authorization === undefined ? {} : { "Proxy-Authorization": authorization };
  return isSecure
    ? new TunnelAgent(url.href, { ...options, headers })
    : new ForwardAgent(url.href, { ...options, headers });
}

class TunnelAgent extends HttpsProxyAgent<string> {
  readonly #pending = createPendingConnects();

  /** What the proxy refuses is an error of its own: the package would pass it on as the server's answer. */
  override connect(
    ...[request, options]: Parameters<HttpsProxyAgent<string>["connect"]>
  ): ReturnType<HttpsProxyAgent<string>["connect"]> {
    return this.#pending.run(request, async (signal) => {
      let status: number | undefined;
      request.once("proxyConnect", (answer: { statusCode: number }) => {
        status = answer.statusCode;
      });
      this.connectOpts = { ...this.connectOpts, signal };
      const socket = await super.connect(request, options).catch((cause: unknown) => {
        throw new ProxyError({ proxy: this.proxy.host, cause });
      });
      if (status === 200) return socket;
      socket.destroy();
      throw new ProxyError({ proxy: this.proxy.host, status });
    });
  }

  override createSocket(...[request, options, done]: Parameters<Agent["createSocket"]>): void {
    super.createSocket(request, options, passingOn(this, request, options, done));
  }

  override destroy(): void {
    this.#pending.end();
    super.destroy();
  }
}

class ForwardAgent extends HttpProxyAgent<string> {
  readonly #pending = createPendingConnects();

  override connect(
    ...[request, options]: Parameters<HttpProxyAgent<string>["connect"]>
  ): ReturnType<HttpProxyAgent<string>["connect"]> {
    return this.#pending.run(request, (signal) => {
      this.connectOpts = { ...this.connectOpts, signal };
      return super.connect(request, options).catch((cause: unknown) => {
        throw new ProxyError({ proxy: this.proxy.host, cause });
      });
    });
  }

  override createSocket(...[request, options, done]: Parameters<Agent["createSocket"]>): void {
    super.createSocket(request, options, passingOn(this, request, options, done));
  }

  override destroy(): void {
    this.#pending.end();
    super.destroy();
  }
}
