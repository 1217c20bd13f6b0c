import { createServer, type IncomingMessage } from "node:http";
import { expect } from "vitest";
import { test as benchTest, outcomes } from "../support/bench.js";
import { loginEvents } from "../support/events.js";

interface Outage {
  readonly endpoint: string;
  /** How many requests were refused so far, by action. */
  readonly refused: Map<string, number>;
}

/** How often each action fails before it is let through: more often than the SDK itself tries. */
const FAILURES = 7;
const ANSWERS = [
  { status: 500, type: "InternalError" },
  { status: 503, type: "ServiceUnavailable" },
  { status: 400, type: "RequestThrottled" },
] as const;
const FAILING = ["ReceiveMessage", "DeleteMessageBatch"];

/** Stands before the real server and refuses the first requests of some actions, as SQS does on a bad day. */
const test = benchTest.extend<{ outage: Outage }>({
  outage: async ({ sqs }, use) => {
    const refused = new Map<string, number>();
    const server = createServer(async (request, response) => {
      const action = String(request.headers["x-amz-target"]).replace("AmazonSQS.", "");
      const count = refused.get(action) ?? 0;
      const body = await bytesOf(request);
      if (FAILING.includes(action) && count < FAILURES) {
        refused.set(action, count + 1);
        const { status, type } = ANSWERS[count % ANSWERS.length] ?? ANSWERS[0];
        response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
        response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${type}`, message: "a bad day" }));
        return;
      }
      const { host: _host, connection: _connection, "content-length": _length, ...headers } = request.headers;
      const answer = await fetch(new URL(request.url ?? "/", sqs.endpoint), {
        method: "POST",
        headers: headers as Record<string, string>,
        body,
      });
      response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" });
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    await use({ endpoint: `http://127.0.0.1:${address.port}`, refused });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  },
});

async function bytesOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

test("an SQS that fails and throttles for a while is waited for: all is loaded once and deleted", async ({
  outage,
  queue,
  database,
  drain,
}) => {
  queue.send([...loginEvents(60, { foreign: 0, duplicates: 0 })]);
  const { exitCode, report } = await drain([], { env: { AWS_ENDPOINT_URL_SQS: outage.endpoint } });

  expect(exitCode).toBe(0);
  expect(Object.fromEntries(outage.refused)).toEqual({
    ReceiveMessage: FAILURES,
    DeleteMessageBatch: FAILURES,
  });
  expect(report).toMatchObject({ received: 60, loaded: 60, duplicates: 0, deleted: 60, delete_failed: 0 });
  expect(report.retries).toBeGreaterThan(0);
  expect(outcomes(report)).toBe(60);
  expect(await database.query("select from user_logins")).toHaveLength(60);
  expect(queue.messageIds()).toEqual([]);
});
