import { ABORTED } from "../../../aws/common-errors.js";
import type { CallContext } from "../../../aws/description.js";
import { QueueError } from "../../../errors.js";
import type { RequestCounts } from "../../queue.js";
import type { Breaker } from "./breaker.js";
import { type Credentials, signedHeaders } from "./sign.js";
import type { Transport } from "./transport.js";

/** Where the SDK sends its requests, and how it signs them. */
export interface Endpoint {
  readonly url: URL;
  readonly region: string;
}

export interface AskOptions {
  /** Undefined until the SDK has resolved it for a call of its own. */
  readonly endpoint: () => Endpoint | undefined;
  /** The SDK's provider, which keeps them until they are about to expire. */
  readonly credentials: () => Promise<Credentials>;
  readonly transport: (origin: string) => Transport;
  readonly breaker: Breaker;
  readonly requests: RequestCounts;
  readonly userAgent: string;
  readonly context: () => Omit<CallContext, "action">;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** How far AWS's clock is ahead of this machine's, as far as the SDK knows. */
  readonly clockOffsetMs: () => number;
}

/**
 * Makes one call of SQS without the SDK's middleware and answers with its parsed output; undefined where the answer is
 * anything but a plain 200 with a JSON object, or none came: then the SDK is to make the call, which knows retries,
 * throttling, clock skew and the errors. Rejects with the `QueueError` `aborted` alone, after `signal`.
 */
export type Ask = (
  cost: keyof RequestCounts,
  action: string,
  input: object,
  signal?: AbortSignal,
) => Promise<object | undefined>;

export function createAsk(options: AskOptions): Ask {
  const { breaker, requests, now } = options;

  const post = async (endpoint: Endpoint, call: Call): Promise<unknown> => {
    const { url, region } = endpoint;
    const { cost, action, body, signal } = call;
    const path = url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`;
    const headers = signedHeaders({
      ...{ region, host: url.host, path, action, body, userAgent: options.userAgent },
      credentials: await options.credentials(),
      nowMs: now() + options.clockOffsetMs(),
    });
    signal?.throwIfAborted();
    requests[cost] += 1;
    const answer = await options.transport(url.origin).post({ path, headers, body, signal });
    return answer.status === 200 ? JSON.parse(answer.body) : undefined;
  };

  return async (cost, action, input, signal) => {
    const endpoint = options.endpoint();
    if (endpoint === undefined || !breaker.isClosed()) return undefined;
    const startedAtMs = now();
    try {
      const output = await post(endpoint, { cost, action, body: JSON.stringify(input), signal });
      if (typeof output === "object" && output !== null) {
        breaker.succeeded();
        return output;
      }
    } catch {
      // Whatever it is, the SDK meets it, too, and says what to do about it; but not what the caller ended.
      if (signal?.aborted) throw aborted({ ...options.context(), action });
    }
    breaker.failed(startedAtMs);
    return undefined;
  };
}

interface Call {
  readonly cost: keyof RequestCounts;
  readonly action: string;
  readonly body: string;
  readonly signal: AbortSignal | undefined;
}

function aborted(context: CallContext): QueueError {
  return new QueueError("failed", ABORTED.code, ABORTED.message(context));
}
