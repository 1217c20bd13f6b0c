import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";

export type Connect = (signal: AbortSignal) => Promise<Socket>;

/** The ways to a proxy that an agent is opening. */
export interface PendingConnects {
  /** Connects for a request; the signal is aborted when the request is given up, or all of them are. */
  run(request: ClientRequest, connect: Connect): Promise<Socket>;
  /** Gives up what is under way, and whatever comes after it. */
  end(): void;
}

/** Node's own agents have a request's socket from the start, and end it with the request; nobody else knows of these. */
export function createPendingConnects(): PendingConnects {
  const pending = new Set<AbortController>();
  let isEnded = false;
  return {
    run: async (request, connect) => {
      const giveUp = new AbortController();
      if (isEnded || request.destroyed) giveUp.abort();
      giveUp.signal.throwIfAborted();
      const { destroy } = request;
      // There is no event of it as long as a request has no socket.
      request.destroy = (error) => {
        giveUp.abort();
        return destroy.call(request, error);
      };
      pending.add(giveUp);
      try {
        return await connect(giveUp.signal);
      } catch (error) {
        // An AbortError is no reason to try again.
        giveUp.signal.throwIfAborted();
        throw error;
      } finally {
        pending.delete(giveUp);
        request.destroy = destroy;
      }
    },
    end: () => {
      isEnded = true;
      for (const giveUp of pending) giveUp.abort();
    },
  };
}
