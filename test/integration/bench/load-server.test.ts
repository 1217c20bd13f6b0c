import { afterEach, expect, test, vi } from "vitest";
import { type LoadServer, startLoadServer } from "../../../bench/support/load-server.js";
import { loginTraffic } from "../../../bench/support/traffic.js";
import type { Queue } from "../../../src/fetcher/queue.js";
import { openQueue } from "../../../src/fetcher/sqs/open-queue.js";
import { stubAwsSettings } from "../../support/aws-settings.js";

let server: LoadServer | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.stop();
});

/** Our own client at a load server with so many messages. */
async function open(count: number): Promise<{ server: LoadServer; queue: Queue }> {
  const started = await startLoadServer(loginTraffic(count), { sentAtMs: 1_234_567 });
  server = started;
  stubAwsSettings(started.environment);
  return { server: started, queue: await openQueue({ queue: "login-queue", maxSockets: 10 }) };
}

const page = { maxMessages: 10, waitSeconds: 1, visibilitySeconds: 30 };

test("the load server speaks SQS: receive, extend, give back, delete", async () => {
  const { server, queue } = await open(12);
  expect(await queue.attributes()).toMatchObject({
    visible: 12,
    in_flight: 0,
    maximumMessageBytes: 1_048_576,
  });
  const first = await queue.receive(page);
  expect(first).toHaveLength(10);
  expect(first[0]).toMatchObject({ sentAtMs: 1_234_567, receiveCount: 1, body: loginTraffic(12).body(0) });
  const handles = first.map(({ receiptHandle }) => receiptHandle);
  expect(
    await queue.changeVisibilityBatch([{ receiptHandle: handles[0] ?? "", visibilitySeconds: 0 }]),
  ).toEqual([]);
  expect(await queue.deleteBatch(handles.slice(1))).toEqual([]);
  expect(await queue.deleteBatch(["99.1"])).toEqual([
    { index: 0, code: "ReceiptHandleIsInvalid", senderFault: true },
  ]);
  const rest = await queue.receive(page);
  expect(rest.map(({ receiveCount }) => receiveCount)).toEqual([2, 1, 1]);
  await queue.deleteBatch(rest.map(({ receiptHandle }) => receiptHandle));
  expect(await queue.receive(page)).toEqual([]);
  expect(server.counts()).toEqual({ visible: 0, in_flight: 0, deleted: 12, delivered: 13, redelivered: 1 });
  expect(server.requests()).toMatchObject({ ReceiveMessage: 3, DeleteMessageBatch: 3, GetQueueUrl: 1 });
  queue.close();
});

test("a long poll gets what is given back meanwhile, and one that is cut off takes nothing", async () => {
  const { server, queue } = await open(1);
  const [taken] = await queue.receive(page);
  const cut = new AbortController();
  const abandoned = queue.receive({ ...page, waitSeconds: 20 }, cut.signal);
  const waiting = queue.receive({ ...page, waitSeconds: 20 });
  await vi.waitUntil(() => server.requests()["ReceiveMessage"] === 3);
  cut.abort();
  await expect(abandoned).rejects.toThrow();
  await queue.changeVisibilityBatch([{ receiptHandle: taken?.receiptHandle ?? "", visibilitySeconds: 0 }]);
  expect(await waiting).toMatchObject([{ receiveCount: 2 }]);
  expect(server.counts()).toMatchObject({ in_flight: 1, delivered: 2 });
  queue.close();
});
