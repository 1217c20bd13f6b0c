import { version } from "../../version.js";
import type { Queue } from "../queue.js";
import { CONNECTION_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from "./client.js";
import { createAsk, type Detour } from "./direct/ask.js";
import { createBreaker } from "./direct/breaker.js";
import { createDirectQueue } from "./direct/direct-queue.js";
import { createTransport, type Transport } from "./direct/transport.js";
import type { Session, SessionOptions } from "./session.js";

export interface DirectOptions extends SessionOptions {
  /** A call could not be made directly. Must not throw. */
  readonly onDetour?: (detour: Detour) => void;
}

/**
 * `queue` with its frequent calls past the SDK's middleware. Endpoint, region, credentials and the clock's offset are
 * those of the session's client, so that both ways always ask the same server in the same name.
 */
export function openDirect(queue: Queue, session: Session, options: DirectOptions): Queue {
  const { config } = session.client;
  const { now } = session;
  let transport: Transport | undefined;
  let isClosed = false;
  const ask = createAsk({
    endpoint: session.endpoint,
    credentials: () => config.credentials(),
    transport: (origin) => {
      transport ??= createTransport({
        origin,
        connections: options.maxSockets,
        timeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
        connectTimeoutMs: CONNECTION_TIMEOUT_MS,
      });
      return transport;
    },
    breaker: createBreaker(now),
    requests: session.requests,
    context: session.context,
    userAgent: `sqs2pg/${version}`,
    // The offset is to this clock, not to one that goes on evenly when it is set or the machine sleeps.
    awsNow: () => Date.now() + config.systemClockOffset,
    // What is cut off by the end of the queue goes nowhere.
    onDetour: (detour) => {
      if (!isClosed) options.onDetour?.(detour);
    },
  });
  const close = (): void => {
    isClosed = true;
    transport?.close();
  };
  return createDirectQueue({ queue, ask, context: session.context, now, close });
}
