import type { ClientRequest } from "node:http";
import type { Agent, AgentConnectOpts } from "agent-base";

type Done = Parameters<Agent["createSocket"]>[2];

/**
 * `done`, and after a failure the slot goes to the next request that waits for one. The package leaves that to Node, which
 * does it only when a socket closes; there was none.
 */
export function passingOn(agent: Agent, request: ClientRequest, options: AgentConnectOpts, done: Done): Done {
  return (error, socket) => {
    done(error, socket);
    if (!error) return;
    const next = nextOf(agent, request, agent.getName(options));
    const addRequest: unknown = Reflect.get(agent, "addRequest");
    if (next !== undefined && typeof addRequest === "function") addRequest.call(agent, next, options);
  };
}

/** Takes the next request out of the queue, in which Node leaves one that it opens a socket for. */
function nextOf({ requests }: Agent, failed: ClientRequest, name: string): ClientRequest | undefined {
  const waiting = requests[name];
  if (waiting === undefined) return undefined;
  const index = waiting.indexOf(failed);
  if (index >= 0) waiting.splice(index, 1);
  const next = waiting.shift();
  if (waiting.length === 0) Reflect.deleteProperty(requests, name);
  return next;
}
