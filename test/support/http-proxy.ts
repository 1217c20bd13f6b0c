import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { pipeline } from "node:stream";

/** What a proxy was asked for. */
export interface ProxiedRequest {
  /** `CONNECT` for a tunnel. */
  readonly method: string | undefined;
  /** Host and port of a tunnel, else a whole URL. */
  readonly target: string | undefined;
  /** Of the proxy's user. */
  readonly authorization: string | undefined;
}

export interface HttpProxy {
  /** `HOST:PORT`. */
  readonly address: string;
  readonly seen: readonly ProxiedRequest[];
  /** From now on it answers all that it is asked for with this status; undefined: it passes it on. */
  refuse(status: number | undefined): void;
  /** From now on it takes what it is asked for, and says nothing; false: it answers again, what comes from then on. */
  silence(isSilent: boolean): void;
  /** How many connections to it are open. */
  readonly connections: number;
  /** How many it has taken in all. */
  readonly accepted: number;
  /** Cuts all connections. */
  stop(): Promise<void>;
}

/** A forward proxy on a free port of 127.0.0.1; its tunnels all end at `tunnelTo`, whatever was asked for. */
export async function startHttpProxy(options: { readonly tunnelTo?: number } = {}): Promise<HttpProxy> {
  const seen: ProxiedRequest[] = [];
  const sockets = new Set<Socket>();
  let refused: number | undefined;
  let isSilent = false;
  let accepted = 0;

  const note = ({ method, url, headers }: IncomingMessage): void => {
    seen.push({ method, target: url, authorization: headers["proxy-authorization"] });
  };
  const forward = (incoming: IncomingMessage, response: ServerResponse): void => {
    note(incoming);
    if (isSilent) return;
    if (refused !== undefined) {
      response.writeHead(refused, { "content-type": "text/html" }).end("<html>the-text-of-the-server</html>");
      return;
    }
    const { method = "GET", url = "", headers } = incoming;
    const { "proxy-authorization": _user, "proxy-connection": _kept, ...passed } = headers;
    const outgoing = httpRequest(url, { method, headers: passed }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    incoming.pipe(outgoing);
  };
  const server = createServer(forward);
  server.on("connect", (incoming: IncomingMessage, socket: Socket) => {
    note(incoming);
    if (isSilent) {
      socket.on("end", () => socket.end()).resume();
      return;
    }
    if (refused !== undefined) {
      socket.end(
        `HTTP/1.1 ${refused} No\r\nContent-Type: text/html\r\n\r\n<html>the-text-of-the-server</html>`,
      );
      return;
    }
    const { port } = new URL(`http://${incoming.url}`);
    const upstream = connect(options.tunnelTo ?? Number(port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      pipeline(socket, upstream, socket, () => {});
    });
    upstream.on("error", () => socket.destroy());
  });
  server.on("connection", (socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    seen,
    refuse: (status) => {
      refused = status;
    },
    silence: (value) => {
      isSilent = value;
    },
    get connections() {
      return sockets.size;
    },
    get accepted() {
      return accepted;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
