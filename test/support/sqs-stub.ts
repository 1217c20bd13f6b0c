import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { actionOf } from "./sqs-action.js";
import { type Way, wayOf } from "./way.js";

/** A request as SQS would read it (AWS JSON 1.0). */
export interface StubRequest {
  /** Such as `ReceiveMessage`. */
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly headers: IncomingMessage["headers"];
  readonly path: string;
  readonly way: Way;
}

export type StubAnswer = Reply | ((request: StubRequest) => Reply);

interface Given {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Reply =
  | Given
  /** The socket is closed without an answer. */
  | "close"
  /** The headers and a piece of the body come, then the socket is closed. */
  | "cut"
  /** The headers and a piece of the body come, then nothing. */
  | "stall"
  /** Nothing comes. */
  | "hang";

export interface SqsStub {
  /** Such as `http://127.0.0.1:45123`. */
  readonly endpoint: string;
  /** What was asked since the last `answerWith`. */
  readonly requests: readonly StubRequest[];
  /** Answers the next requests in this order, and all others with the last one. */
  answerWith(...answers: readonly [StubAnswer, ...StubAnswer[]]): void;
  /** Resolves as soon as a request has come in since the last `answerWith`. */
  requested(): Promise<void>;
  /** Cuts all connections. */
  stop(): Promise<void>;
}

/** A successful answer. */
export function ok(output: unknown): Given {
  return { status: 200, body: JSON.stringify(output) };
}

/** An error as SQS words it: the code in the body, and its older spelling in a header where it has one. */
export function refusal(code: string, status = 400, queryCode?: string): Given {
  return {
    status,
    body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message: "the-text-of-the-server" }),
    ...(queryCode !== undefined && { headers: { "x-amzn-query-error": `${queryCode};Sender` } }),
  };
}

/** An HTTP server on a free port of 127.0.0.1 that answers SQS's clients by a script. */
export async function startSqsStub(): Promise<SqsStub> {
  let script: StubAnswer[] = [ok({})];
  let requests: StubRequest[] = [];
  let onRequest: () => void = () => {};
  const server = createServer((request, response) => {
    readBody(request).then(
      (body) => {
        const seen: StubRequest = {
          action: actionOf(request.headers),
          input: JSON.parse(body) as Readonly<Record<string, unknown>>,
          headers: request.headers,
          path: request.url ?? "",
          way: wayOf(request.headers["user-agent"]),
        };
        requests.push(seen);
        onRequest();
        const answer = (script.length > 1 ? script.shift() : script[0]) ?? "close";
        give(response, typeof answer === "function" ? answer(seen) : answer);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the stub has no port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    get requests() {
      return requests;
    },
    answerWith: (...answers) => {
      script = [...answers];
      requests = [];
    },
    requested: () =>
      requests.length > 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            onRequest = resolve;
          }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function give(response: ServerResponse, answer: Reply): void {
  if (answer === "hang") return;
  if (answer === "close") {
    response.destroy();
    return;
  }
  if (answer === "cut" || answer === "stall") {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": "1000" });
    response.write('{"Messages":', () => {
      if (answer === "cut") response.destroy();
    });
    return;
  }
  response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0", ...answer.headers });
  response.end(answer.body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
