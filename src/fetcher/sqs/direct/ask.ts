import { ABORTED } from "../../../aws/common-errors.js";
import type { CallContext } from "../../../aws/description.js";
import { QueueError } from "../../../errors.js";
import type { RequestCounts } from "../../queue.js";
import type { Breaker } from "./breaker.js";
import { type Credentials, createSigner, type Signer } from "./sign.js";
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
  /** What AWS's clock shows, as far as the SDK knows: milliseconds since the Unix epoch. */
  readonly awsNow: () => number;
  readonly onDetour: (detour: Detour) => void;
}

/** A call that the SDK had to make instead, and all others for a while. */
export interface Detour {
  /** Such as `ReceiveMessage`. */
  readonly action: string;
  /** What the direct one met: `http_503`, `unreadable`, or the code or name of an error, such as `ECONNRESET`. */
  readonly code: string;
  readonly pauseMs: number;
}

export interface Question {
  readonly cost: keyof RequestCounts;
  /** Such as `ReceiveMessage`. */
  readonly action: string;
  readonly input: object;
}

/** What is the same for all calls to an endpoint: a URL takes its time to name its parts. */
interface Way extends Endpoint {
  readonly origin: string;
  readonly path: string;
  readonly sign: Signer;
}

/**
 * Makes one call of SQS without the SDK's middleware and answers with its parsed output; undefined where the answer is
 * anything but a plain 200 with a JSON object, or none came: then the SDK is to make the call, which knows retries,
 * throttling, clock skew and the errors. Rejects with the `QueueError` `aborted` alone, after `signal`.
 */
export type Ask = (question: Question, signal?: AbortSignal) => Promise<object | undefined>;

export function createAsk(options: AskOptions): Ask {
  let way: Way | undefined;
  const wayTo = ({ url, region }: Endpoint): Way => {
    if (way?.url !== url || way.region !== region) {
      const path = url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`;
      way = { url, region, path, origin: url.origin, sign: createSigner({ region, host: url.host, path }) };
    }
    return way;
  };

  const post = async (endpoint: Endpoint, question: Question, signal?: AbortSignal) => {
    const { path, origin, sign } = wayTo(endpoint);
    const { cost, action, input } = question;
    const credentials = await options.credentials();
    const body = Buffer.from(JSON.stringify(input));
    const headers = sign({ credentials, action, body, nowMs: options.awsNow() });
    headers["User-Agent"] = options.userAgent;
    signal?.throwIfAborted();
    options.requests[cost] += 1;
    return await options.transport(origin).post({ path, headers, body, signal });
  };

  return async (question, signal) => {
    const endpoint = options.endpoint();
    if (endpoint === undefined) return undefined;
    const attempt = options.breaker.begin();
    if (attempt === undefined) return undefined;
    const { action } = question;
    let code: string;
    try {
      const { status, body } = await post(endpoint, question, signal);
      const output = status === 200 ? parseObject(body) : undefined;
      if (output !== undefined) {
        attempt.succeeded();
        return output;
      }
      code = status === 200 ? "unreadable" : `http_${status}`;
    } catch (error) {
      // Whatever it is, the SDK meets it, too, and says what to do about it; but not what the caller ended.
      if (signal?.aborted) throw aborted({ ...options.context(), action });
      code = codeOf(error);
    }
    const pauseMs = attempt.failed();
    if (pauseMs !== undefined) options.onDetour({ action, code, pauseMs });
    return undefined;
  };
}

function parseObject(text: string): object | undefined {
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}

/** Never its message: a parser quotes what it reads. */
function codeOf(error: unknown): string {
  if (error instanceof SyntaxError) return "unreadable";
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** The error of a call that was ended from outside. */
export function aborted(context: CallContext): QueueError {
  return new QueueError("failed", ABORTED.code, ABORTED.message(context));
}
