import http from "node:http";
import https from "node:https";
import { Agent, type AgentConnectOpts } from "agent-base";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";

/** Connections of a client: how many at once. */
export interface AgentOptions {
  readonly keepAlive: boolean;
  readonly maxSockets: number;
}

/**
 * The proxy for requests to `url`, as HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY (in either case) name it; undefined
 * where they go straight. The AWS SDK for JavaScript itself reads none of them.
 */
export function proxyFor(url: string): string | undefined {
  const proxy = getProxyForUrl(url);
  return proxy === "" ? undefined : proxy;
}

/** The agent for the SDK's request handler: one that asks `proxyFor` where a proxy is set at all, else Node's own. */
export function agentFor(options: AgentOptions): AgentOptions | http.Agent {
  return Object.keys(process.env).some((name) => /^(?:https?|all)_proxy$/i.test(name))
    ? new EnvProxyAgent(options)
    : options;
}

class EnvProxyAgent extends Agent {
  readonly #agents = new Map<string, http.Agent>();
  readonly #options: AgentOptions;

  constructor(options: AgentOptions) {
    super();
    this.#options = options;
  }

  connect(_request: http.ClientRequest, { secureEndpoint, host, port }: AgentConnectOpts): http.Agent {
    const scheme = secureEndpoint ? "https" : "http";
    const name = host?.includes(":") ? `[${host}]` : host;
    const proxy = proxyFor(`${scheme}://${name}:${port}`);
    const key = `${scheme} ${proxy}`;
    const agent = this.#agents.get(key) ?? agentOf(secureEndpoint, proxy, this.#options);
    this.#agents.set(key, agent);
    return agent;
  }

  override destroy(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }
}

function agentOf(secure: boolean, proxy: string | undefined, options: AgentOptions): http.Agent {
  if (proxy === undefined) return secure ? new https.Agent(options) : new http.Agent(options);
  return secure ? new HttpsProxyAgent(proxy, options) : new HttpProxyAgent(proxy, options);
}
