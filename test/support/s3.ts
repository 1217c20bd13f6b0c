import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type S3Answer =
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  /** The socket is closed without an answer. */
  | "close"
  /** The socket is closed in the middle of the object. */
  | "cut"
  /** Nothing comes. */
  | "hang";

export interface FakeS3 {
  /** Such as `http://127.0.0.1:45123`. */
  readonly endpoint: string;
  /** Settings for a child process; they shut out the AWS files of whoever runs the tests. */
  readonly environment: Readonly<Record<string, string>>;
  /** Objects by `bucket/key`: they may be changed at any time. */
  readonly objects: Map<string, string | Buffer>;
  /** The `bucket/key` of each request so far. */
  readonly requests: readonly string[];
  /** Requests that have no answer yet. */
  open(): number;
  /** From now on it gives this answer to all that it is asked; undefined: its own again. */
  answerWith(answer: S3Answer | ((name: string) => S3Answer | undefined) | undefined): void;
  /** Until `release` is called, requests wait for their answers. */
  hold(): void;
  release(): void;
  /** Cuts all connections. */
  stop(): Promise<void>;
}

const REGION = "eu-west-1";

/** An error as S3 words it. */
export function s3Refusal(code: string, status: number, message = "the-text-of-the-server"): S3Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>`;
  return { status, body, headers: { "content-type": "application/xml" } };
}

/** Amazon S3 on a free port of 127.0.0.1, as far as GetObject goes: its wire protocol, with the bucket in the path. */
export async function startS3(): Promise<FakeS3> {
  const objects = new Map<string, string | Buffer>();
  const requests: string[] = [];
  const waiting: (() => void)[] = [];
  let forced: S3Answer | ((name: string) => S3Answer | undefined) | undefined;
  let isHeld = false;
  let open = 0;

  const give = (response: ServerResponse, name: string): void => {
    const answer = typeof forced === "function" ? forced(name) : forced;
    if (answer === "hang") return;
    if (answer === "close") {
      response.destroy();
      return;
    }
    if (answer !== undefined && answer !== "cut") {
      response.writeHead(answer.status, answer.headers ?? {}).end(answer.body);
      return;
    }
    const object = objects.get(name);
    if (object === undefined) {
      const { status, body, headers } = s3Refusal("NoSuchKey", 404) as Exclude<S3Answer, string>;
      response.writeHead(status, headers ?? {}).end(body);
      return;
    }
    const bytes = Buffer.from(object);
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "content-length": String(bytes.length),
      etag: '"fba9dede5f27731c9771645a39863328"',
    });
    if (answer === undefined) response.end(bytes);
    else response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
  };

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://s3");
    const name = decodeURIComponent(pathname.slice(1));
    if (request.method !== "GET" || !/^AWS4-HMAC-SHA256 /.test(request.headers.authorization ?? "")) {
      response.writeHead(403).end();
      return;
    }
    requests.push(name);
    open += 1;
    response.once("close", () => {
      open -= 1;
    });
    if (isHeld) waiting.push(() => give(response, name));
    else give(response, name);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    environment: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_MAX_ATTEMPTS: "1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    },
    objects,
    requests,
    open: () => open,
    answerWith: (answer) => {
      forced = answer;
    },
    hold: () => {
      isHeld = true;
    },
    release: () => {
      isHeld = false;
      for (const go of waiting.splice(0)) go();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
