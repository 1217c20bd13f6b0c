import { setMaxListeners } from "node:events";
import { Agent, type Dispatcher, Pool, ProxyAgent } from "undici";
import { type HttpProxy, proxyFor } from "../../../aws/proxy.js";

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
  /** Rejects with undici's or Node's error when no whole answer comes, and with the signal's reason after `signal`. */
  post(request: PostRequest): Promise<PostAnswer>;
  close(): void;
}

export function createTransport(options: TransportOptions): Transport {
  const { origin, timeoutMs } = options;
  const proxy = proxyFor(origin);
  const dispatcher = proxy === undefined ? straight(options) : through(proxy, options);
  const timeouts = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
  const send = async ({ path, headers, body, signal }: PostRequest): Promise<PostAnswer> => {
    const request = {
      origin,
      path,
      method: "POST" as const,
      headers,
      body,
      signal: signal ?? null,
      ...timeouts,
    };
    const answer = await dispatcher.request(request);
    return { status: answer.statusCode, body: await answer.body.text() };
  };
  return {
    post: (request) => unlessAborted(send(request), request.signal),
    close: () => void dispatcher.destroy(),
  };
}

function straight({ connections, connectTimeoutMs }: TransportOptions): Dispatcher {
  return new Agent({ connections, connect: { timeout: connectTimeoutMs } });
}

function through({ url, authorization }: HttpProxy, options: TransportOptions): Dispatcher {
  const { connections, connectTimeoutMs: timeout } = options;
  return new ProxyAgent({
    uri: url.href,
    ...(authorization !== undefined && { token: authorization }),
    requestTls: { timeout },
    proxyTls: { timeout },
    // Plain HTTP is forwarded, as by other clients: many proxies allow no tunnel to ports other than 443.
    proxyTunnel: false,
    clientFactory: (proxyUrl, settings) => new Pool(proxyUrl, { ...settings, headersTimeout: timeout }),
    factory: (to, settings) => new Pool(to, { ...settings, connections }),
  });
}

/** undici looks at a request's signal only once it has a connection for it. */
async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal === undefined) return await work;
  // As it is from Node 22 on: Node 20 takes more than ten calls with one signal for a leak and says so on stderr.
  setMaxListeners(0, signal);
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
