import { setMaxListeners } from "node:events";
import type { SQSClient } from "@aws-sdk/client-sqs";

/** Lets `signal` cut the call with this input off. */
export type AbortBy = (input: object, signal: AbortSignal) => void;

/**
 * Gives calls an abort signal although the client caches its middleware: the SDK composes the middleware anew for
 * each call that comes with options, such as its own `abortSignal`, and drops the cache of all others.
 */
export function abortable(client: SQSClient): AbortBy {
  const byInput = new WeakMap<object, AbortSignal>();
  const byRequest = new WeakMap<object, AbortSignal>();
  client.middlewareStack.add(
    (next) => (args) => {
      const signal = byInput.get(args.input);
      const request: unknown = "request" in args ? args.request : undefined;
      if (signal !== undefined && typeof request === "object" && request !== null)
        byRequest.set(request, signal);
      return next(args);
    },
    // The last one before the socket: signing and retries make new request objects.
    { name: "abortSignalMiddleware", step: "deserialize", priority: "low" },
  );
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = (request, options) => {
    const signal = byRequest.get(request);
    return handle(request, signal === undefined ? options : { ...options, abortSignal: signal });
  };
  return (input, signal) => {
    // As it is from Node 22 on: Node 20 takes more than ten calls with one signal for a leak and says so on stderr.
    setMaxListeners(0, signal);
    byInput.set(input, signal);
  };
}
