import { setMaxListeners } from "node:events";
import type { Dispatcher } from "undici";
import { type HttpProxy, proxyFor } from "../../../aws/proxy.js";
import { loadPool, loadUndici } from "./undici.js";

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
  readonly body: Uint8Array;
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
  const same = { origin, method: "POST" as const, headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
  return {
    post: ({ path, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        let status = 0;
        let connection: Dispatcher.DispatchController | undefined;
        const chunks: Buffer[] = [];
        const abort = (): void => {
          reject(signal?.reason);
          connection?.abort(signal?.reason);
        };
        const end = (): void => signal?.removeEventListener("abort", abort);
        if (signal !== undefined) {
          // As it is from Node 22 on: Node 20 takes more than ten calls with one signal for a leak and says so on stderr.
          setMaxListeners(0, signal);
          signal.addEventListener("abort", abort, { once: true });
        }
        // Not by `request`: its streams cost a quarter more, and its signal is looked at only once there is a connection.
        dispatcher.dispatch(
          { ...same, path, headers, body },
          {
            onRequestStart: (controller) => {
              connection = controller;
              if (signal?.aborted) controller.abort(signal.reason);
            },
            onResponseStart: (_controller, code) => {
              status = code;
            },
            onResponseData: (_controller, chunk) => {
              chunks.push(chunk);
            },
            onResponseEnd: () => {
              end();
              resolve({ status, body: textOf(chunks) });
            },
            onResponseError: (_controller, error) => {
              end();
              reject(error);
            },
          },
        );
      }),
    close: () => void dispatcher.destroy(),
  };
}

function textOf(chunks: readonly Buffer[]): string {
  const [only] = chunks;
  return (chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)).toString("utf8");
}

function straight({ origin, connections, connectTimeoutMs }: TransportOptions): Dispatcher {
  const Pool = loadPool();
  return new Pool(origin, { connections, connect: { timeout: connectTimeoutMs } });
}

function through({ url, authorization }: HttpProxy, options: TransportOptions): Dispatcher {
  const { connections, connectTimeoutMs: timeout } = options;
  const { Pool, ProxyAgent } = loadUndici();
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
