import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { stubAwsSettings } from "../../support/aws-settings.js";
import { QUEUE_CLIENTS } from "../../support/queue-clients.js";
import { ok, type SqsStub, startSqsStub } from "../../support/sqs-stub.js";

const RECEIVE = { maxMessages: 10, waitSeconds: 1, visibilitySeconds: 30 };

let stub: SqsStub;

beforeAll(async () => {
  stub = await startSqsStub();
  stubAwsSettings({
    AWS_ENDPOINT_URL_SQS: stub.endpoint,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await stub.stop();
});

// The first use of the SDK in this process: it says what it has to say about Node's version only once.
test.each(QUEUE_CLIENTS)(
  "no warning for stderr, however many receives share a signal ($way)",
  async (client) => {
    stub.answerWith(ok({}));
    const warnings: string[] = [];
    const onWarning = ({ message }: Error): void => void warnings.push(message);
    process.on("warning", onWarning);
    const onConsole = vi.spyOn(console, "warn");

    const queue = await client.open({ queue: `${stub.endpoint}/000000000000/q`, maxSockets: 4 });
    const control = new AbortController();
    stub.answerWith(ok({ Messages: [] }));
    await Promise.all(Array.from({ length: 30 }, () => queue.receive(RECEIVE, control.signal)));
    stub.answerWith("hang");
    const waiting = Promise.allSettled(
      Array.from({ length: 30 }, () => queue.receive(RECEIVE, control.signal)),
    );
    await stub.requested();
    control.abort();
    await waiting;
    queue.close();

    // Warnings are emitted in a tick of their own.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
    expect(onConsole).not.toHaveBeenCalled();
  },
);
