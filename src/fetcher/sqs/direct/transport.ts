import { Agent, type Dispatcher, ProxyAgent } from "undici";
import { proxyFor } from "../../../aws/proxy.js";

export interface TransportOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly connections: number;
  /** For the headers, and between two pieces of the body. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
}

export interface PostRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal | undefined;
}

export interface PostAnswer {
  readonly status: number;
  readonly body: string;
}

/** HTTP/1.1 over a pool of connections that stay open, through a proxy where the environment names one. */
export interface Transport {
  /** Rejects with undici's or Node's error when no whole answer comes, and with an AbortError after `signal`. */
  post(request: PostRequest): Promise<PostAnswer>;
  close(): void;
}

export function createTransport(options: TransportOptions): Transport {
  const { origin, connections, timeoutMs, connectTimeoutMs } = options;
  const settings = {
    connections,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: connectTimeoutMs },
  };
  const proxy = proxyFor(origin);
  const dispatcher: Dispatcher =
    proxy === undefined ? new Agent(settings) : new ProxyAgent({ uri: proxy, ...settings });
  return {
    post: async ({ path, headers, body, signal = null }) => {
      const answer = await dispatcher.request({ origin, path, method: "POST", headers, body, signal });
      return { status: answer.statusCode, body: await answer.body.text() };
    },
    close: () => void dispatcher.destroy(),
  };
}
