import { createServer, type Server } from "node:net";
import { type ProxiedConnection, proxyConnection } from "./tcp-proxy/connection.js";
import type { Flow } from "./tcp-proxy/pipe.js";
import { type ArmedTrap, createTrap, type Direction, type Trap, type TrapOptions } from "./tcp-proxy/trap.js";

export type { Flow } from "./tcp-proxy/pipe.js";
export {
  afterBytes,
  type Direction,
  type Ending,
  noticing,
  type Trap,
  type TrapOptions,
  type Verdict,
  type Watch,
  whenSeen,
} from "./tcp-proxy/trap.js";

export interface TcpProxy {
  readonly host: string;
  readonly port: number;
  /** Connections taken so far. */
  readonly accepted: number;
  /** Connections that are open now. */
  readonly open: number;
  /** How bytes flow from now on, on open connections and on new ones. */
  flow(direction: Direction | "both", flow: Flow): void;
  /** Ends all open connections with a FIN in both directions; how many. */
  cut(): number;
  /** The same with an RST. */
  reset(): number;
  /** Nobody listens any more (ECONNREFUSED); open connections stay. */
  refuse(): void;
  /** Listens again, on the same port. */
  accept(): Promise<void>;
  /** Sets a trap, for open connections (from here on) and new ones. */
  trap(options: TrapOptions): Trap;
  /** Ends everything; harmless when called again. */
  stop(): Promise<void>;
}

/**
 * Stands on a free port of 127.0.0.1 before a server, passes on everything both ways, and does what networks do when it
 * is told to. What it is told counts from the next byte on.
 */
export async function startTcpProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<TcpProxy> {
  const flows: Record<Direction, Flow> = { up: "pass", down: "pass" };
  const connections = new Set<ProxiedConnection>();
  const traps: ArmedTrap[] = [];
  let accepted = 0;
  let port = 0;
  let server: Server | undefined;

  const listen = async (): Promise<void> => {
    if (server !== undefined) return;
    const listening = createServer({ allowHalfOpen: true }, (client) => {
      accepted += 1;
      const connection = proxyConnection({
        client,
        target,
        flow: (direction) => flows[direction],
        traps: () => traps,
        onClosed: () => connections.delete(connection),
      });
      connections.add(connection);
    });
    server = listening;
    await new Promise<void>((resolve, reject) => {
      listening.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
    const address = listening.address();
    if (address === null || typeof address === "string") throw new Error("the proxy has no port");
    port = address.port;
  };

  const refuse = (): void => {
    server?.close();
    server = undefined;
  };

  const endAll = (how: "cut" | "reset"): number => {
    const count = connections.size;
    for (const connection of [...connections]) connection.end(how);
    return count;
  };

  await listen();
  return {
    host: "127.0.0.1",
    port,
    get accepted() {
      return accepted;
    },
    get open() {
      return connections.size;
    },
    flow: (direction, flow) => {
      if (direction !== "down") flows.up = flow;
      if (direction !== "up") flows.down = flow;
      for (const connection of connections) connection.wake();
    },
    cut: () => endAll("cut"),
    reset: () => endAll("reset"),
    refuse,
    accept: listen,
    trap: (options) => {
      const trap = createTrap(options);
      traps.push(trap);
      return trap;
    },
    stop: async () => {
      refuse();
      for (const connection of [...connections]) connection.destroy();
    },
  };
}
