import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { actionOf } from "./sqs-action.js";
import type { Action, Answer, FaultRequest, Forward, Reply, Rule } from "./sqs-faults/fault.js";
import { parseJson } from "./sqs-faults/fault.js";
import { wayOf } from "./way.js";

/** A request that has come in, and whether a rule took it. */
export interface SeenRequest extends FaultRequest {
  readonly isFaulted: boolean;
}

export interface SqsFaults {
  /** Such as `http://127.0.0.1:45123`: for the client. */
  readonly endpoint: string;
  /** All requests so far. */
  readonly requests: readonly SeenRequest[];
  /** How many requests of an action came in. */
  asked(action: Action): number;
  /** How many of them a rule took. */
  faulted(action: Action): number;
  /** From now on this rule decides about the requests of an action. */
  on(action: Action, rule: Rule): void;
  /** Ends the rules of one action, or of all. */
  heal(action?: Action): void;
  /** From now on connections are refused, and those that there are are cut. */
  goDown(): Promise<void>;
  /** Takes connections again, on the same port. */
  comeUp(): Promise<void>;
  /** Cuts all connections. */
  stop(): Promise<void>;
}

const JSON_TYPE = { "content-type": "application/x-amz-json-1.0" };

/** An HTTP server before a real SQS server: it passes requests on, or does with them what rules say. */
export async function startSqsFaults(target: string): Promise<SqsFaults> {
  const rules = new Map<string, Rule>();
  const requests: SeenRequest[] = [];
  const server = createServer((incoming, response) => {
    respond(incoming).then(
      (reply) => give(response, reply),
      () => response.destroy(),
    );
  });

  const respond = async (incoming: IncomingMessage): Promise<Reply> => {
    const body = await bytesOf(incoming);
    const action = actionOf(incoming.headers);
    const scope = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(String(incoming.headers.authorization));
    const [, accessKeyId, region] = scope ?? [];
    const request: FaultRequest = {
      action,
      number: requests.filter((seen) => seen.action === action).length + 1,
      input: parseJson(body.toString("utf8")),
      accessKeyId,
      region,
      way: wayOf(incoming.headers["user-agent"]),
    };
    const fault = rules.get(action)?.(request);
    requests.push({ ...request, isFaulted: fault !== undefined });
    const forward: Forward = (input) =>
      passOn(target, incoming, input === undefined ? body : Buffer.from(JSON.stringify(input)));
    return fault === undefined ? forward() : fault(request, forward);
  };

  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const count = (action: Action, isCounted: (seen: SeenRequest) => boolean): number =>
    requests.filter((seen) => seen.action === action && isCounted(seen)).length;

  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    asked: (action) => count(action, () => true),
    faulted: (action) => count(action, ({ isFaulted }) => isFaulted),
    on: (action, rule) => {
      rules.set(action, rule);
    },
    heal: (action) => {
      if (action === undefined) rules.clear();
      else rules.delete(action);
    },
    goDown: close,
    comeUp: () => listen(port),
    stop: close,
  };
}

async function passOn(target: string, { url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  const { host: _host, connection: _connection, "content-length": _length, ...rest } = headers;
  const answer = await fetch(new URL(url ?? "/", target), {
    method: "POST",
    headers: rest as Record<string, string>,
    body: new Uint8Array(body),
  });
  return { status: answer.status, body: await answer.text() };
}

function give(response: ServerResponse, reply: Reply): void {
  if (reply === "hang") return;
  if (reply === "close") {
    response.destroy();
    return;
  }
  const { status, body, headers } = "cut" in reply ? reply.cut : reply;
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...JSON_TYPE, ...headers, "content-length": bytes.length });
  if ("cut" in reply) response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  else response.end(bytes);
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
