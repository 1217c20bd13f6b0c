import { type AddressInfo, connect } from "node:net";
import { pipeline } from "node:stream";
import { createServer, type TLSSocket } from "node:tls";
import type { Certified } from "./certificates.js";

export interface TlsFront {
  readonly port: number;
  /** Cuts all connections. */
  stop(): Promise<void>;
}

/** Puts TLS before a server that speaks none, on a free port of 127.0.0.1. */
export async function startTlsFront(certificate: Certified, target: string): Promise<TlsFront> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<TLSSocket>();
  const server = createServer(certificate, (socket) => {
    sockets.add(socket);
    pipeline(socket, connect(Number(port), hostname), socket, () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
