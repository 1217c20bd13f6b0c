import { createServer, type Socket } from "node:net";

/** What is left of a request: the operation that its header names, and the body. */
export interface CannedRequest {
  readonly action: string;
  readonly body: Buffer;
}

export interface CannedResponse {
  readonly status: 200 | 400;
  readonly body: Buffer;
}

export interface HttpServer {
  readonly port: number;
  stop(): Promise<void>;
}

const END_OF_HEAD = "\r\n\r\n";
const ACTION = /\r\nx-amz-target: *AmazonSQS\.(\w+)/i;
const LENGTH = /\r\ncontent-length: *(\d+)/i;

/**
 * As much of HTTP/1.1 as the AWS SDKs speak to SQS: kept-alive connections, one request at a time, bodies with a
 * Content-Length. It costs a fraction of node:http, which would take the core that a fast client needs.
 */
export async function startHttp(
  respond: (request: CannedRequest) => Promise<CannedResponse> | CannedResponse,
): Promise<HttpServer> {
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    let waiting: Buffer = Buffer.alloc(0);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
      const request = parse(waiting);
      if (request === undefined) return;
      waiting = Buffer.alloc(0);
      const response = respond(request);
      if (response instanceof Promise) void response.then((late) => send(socket, late));
      else send(socket, response);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the canned server has no port");
  return {
    port: address.port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Undefined as long as a part of it is missing. */
function parse(bytes: Buffer): CannedRequest | undefined {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end === -1) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const body = bytes.subarray(end + END_OF_HEAD.length);
  if (body.length < Number(LENGTH.exec(head)?.[1] ?? 0)) return undefined;
  return { action: ACTION.exec(head)?.[1] ?? "", body };
}

function send(socket: Socket, { status, body }: CannedResponse): void {
  if (socket.destroyed) return;
  socket.cork();
  socket.write(
    `HTTP/1.1 ${status} ${status === 200 ? "OK" : "Bad Request"}\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: ${body.length}\r\n\r\n`,
    "latin1",
  );
  socket.write(body);
  socket.uncork();
}
