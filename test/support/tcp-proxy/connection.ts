import { connect, type Socket } from "node:net";
import { createPipe, type Flow } from "./pipe.js";
import type { ArmedTrap, Direction, Ending, Watch } from "./trap.js";

export interface ProxiedConnectionOptions {
  readonly client: Socket;
  readonly target: { readonly host: string; readonly port: number };
  readonly flow: (direction: Direction) => Flow;
  readonly traps: () => readonly ArmedTrap[];
  readonly onClosed: () => void;
}

/** One client's connection with the one to the server behind it. */
export interface ProxiedConnection {
  end(how: Ending): void;
  wake(): void;
  destroy(): void;
}

/** Carries a connection to the server, unless a trap says otherwise. */
export function proxyConnection(options: ProxiedConnectionOptions): ProxiedConnection {
  const { client } = options;
  const server = connect({ ...options.target, allowHalfOpen: true });
  const watches = new Map<ArmedTrap, Watch>();
  let isSilent = false;
  let ended = false;
  const flow = (direction: Direction): Flow => (isSilent ? "blackhole" : options.flow(direction));
  const pipes = {
    up: createPipe({ from: client, to: server, flow: () => flow("up") }),
    down: createPipe({ from: server, to: client, flow: () => flow("down") }),
  };
  const held: Record<Direction, Buffer> = { up: Buffer.alloc(0), down: Buffer.alloc(0) };

  const end = (how: Ending): void => {
    if (how === "blackhole") isSilent = true;
    else {
      ended = true;
      pipes.up.close();
      pipes.down.close();
      for (const socket of [client, server]) {
        if (how === "reset") socket.resetAndDestroy();
        else socket.destroySoon();
      }
    }
    for (const pipe of Object.values(pipes)) pipe.wake();
  };

  /** What a trap lets through is on its way before the connection ends. */
  const spring = (trap: ArmedTrap, direction: Direction, last: Buffer): void => {
    ended = true;
    trap.options.onSprung?.();
    pipes[direction].push(last);
    void pipes[direction].flushed().then(() => end(trap.options.ending));
  };

  const onData = (direction: Direction, chunk: Buffer): void => {
    if (ended) return;
    const all = Buffer.concat([held[direction], chunk]);
    held[direction] = Buffer.alloc(0);
    let isHeld = false;
    for (const trap of options.traps()) {
      let watch = watches.get(trap);
      if (watch === undefined) {
        watch = trap.options.watch();
        watches.set(trap, watch);
      }
      const verdict = watch(direction, chunk);
      if (verdict === "hold") isHeld ||= trap.isArmed;
      else if (verdict !== "pass" && trap.spring()) {
        spring(trap, direction, all.subarray(0, verdict.deliver));
        return;
      }
    }
    if (isHeld) held[direction] = all;
    else pipes[direction].push(all);
  };

  const onClosed = (gone: Socket, other: Socket): void => {
    // A connection that vanished in a black hole: its other end does not learn of it.
    const isHidden = flow("up") === "blackhole" || flow("down") === "blackhole";
    if (!isHidden && !other.destroyed) {
      if (gone.errored === null || gone.errored === undefined) other.destroySoon();
      else other.resetAndDestroy();
    }
    if (gone.destroyed && other.destroyed) options.onClosed();
  };

  client.on("data", (chunk: Buffer) => onData("up", chunk));
  server.on("data", (chunk: Buffer) => onData("down", chunk));
  client.on("end", () => pipes.up.end());
  server.on("end", () => pipes.down.end());
  for (const [socket, other] of [
    [client, server],
    [server, client],
  ] as const) {
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => onClosed(socket, other));
  }

  return {
    end,
    wake: () => {
      for (const pipe of Object.values(pipes)) pipe.wake();
    },
    destroy: () => {
      pipes.up.close();
      pipes.down.close();
      client.destroy();
      server.destroy();
    },
  };
}
