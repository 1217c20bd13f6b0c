import { describe, expect } from "vitest";
import { outcomes } from "../../support/bench.js";
import { changeAnswer, changeMessages, stale } from "../../support/sqs-faults/answers.js";
import { test } from "../../support/sqs-faults/bench.js";
import type { Json } from "../../support/sqs-faults/fault.js";
import { always, between } from "../../support/sqs-faults/refusals.js";
import { DRAIN_WAYS } from "../../support/sqs-faults/ways.js";

/** A message with other values in some fields, or without them. */
function without(message: Json, fields: Json): Json {
  return Object.fromEntries(
    Object.entries({ ...message, ...fields }).filter(([, value]) => value !== undefined),
  );
}

describe.concurrent.for(DRAIN_WAYS)("a message that misses what nobody can do without ($way)", (way) => {
  test.for<[what: string, fields: Json]>([
    ["no ReceiptHandle", { ReceiptHandle: undefined }],
    ["no Body", { Body: undefined }],
  ])(
    "%s: the run fails, and the message stays on the queue",
    async ([_, fields], { faults, faulty, send, settled }) => {
      const sent = send(20);
      const damage = changeMessages((message, index) => [index === 3 ? without(message, fields) : message]);
      faults.on("ReceiveMessage", between(2, 2, always(damage)));
      // With quarantine: what is rejected is deleted, and this must not be.
      const args = [...way.args, "--on-reject", "quarantine", "--visibility", "2", "--concurrency", "1"];
      const { exitCode, report } = await faulty(args);
      expect(exitCode).toBe(1);
      expect(report.error).toMatchObject({ code: "unexpected_answer" });
      expect(report).toMatchObject({ received: 10, rejected: 0 });
      expect(outcomes(report)).toBe(10);
      await settled(sent);
    },
  );
});

test.concurrent("messages that miss what can be done without are loaded", async ({
  faults,
  faulty,
  send,
  settled,
}) => {
  const sent = send(20);
  const damages: readonly Json[] = [
    { Attributes: undefined },
    { Attributes: "x", MessageAttributes: [7] },
    { Attributes: { SentTimestamp: {}, ApproximateReceiveCount: [], MessageGroupId: 7 } },
    { MD5OfBody: "00000000000000000000000000000000" },
  ];
  const damage = changeMessages((message, index) => [
    without(message, damages[index % damages.length] ?? {}),
  ]);
  faults.on("ReceiveMessage", always(damage));
  const { exitCode, report } = await faulty(["--max", "20"]);
  expect(exitCode).toBe(0);
  expect(report).toMatchObject({ received: 20, loaded: 20, deleted: 20 });
  expect(await settled(sent)).toBeUndefined();
});

describe.concurrent("pages that are not as they were asked for", () => {
  test("each message twice in a page: loaded once", async ({ faults, faulty, send, settled }) => {
    const sent = send(40);
    faults.on("ReceiveMessage", (request) => {
      const input = {
        ...request.input,
        MaxNumberOfMessages: Math.ceil(Number(request.input["MaxNumberOfMessages"]) / 2),
      };
      const twice = changeMessages((message) => [message, message]);
      return (_, forward) => twice(request, () => forward(input));
    });
    const { exitCode, report } = await faulty();
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ received: 80, loaded: 40, duplicates: 40, deleted: 40 });
    expect(await settled(sent)).toBeUndefined();
  });

  test("more messages than were asked for: --max stays exact", async ({
    faults,
    faulty,
    queue,
    send,
    settled,
  }) => {
    const sent = send(40);
    faults.on(
      "ReceiveMessage",
      ({ input }) =>
        (_, forward) =>
          forward({ ...input, MaxNumberOfMessages: 10 }),
    );
    const { exitCode, report } = await faulty(["--max", "13", "--visibility", "2"]);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ stopped_because: "max", received: 13, loaded: 13, deleted: 13 });
    expect(queue.messageIds()).toHaveLength(27);
    await settled(sent);
  });

  test("the same page again, from a cache: no second row", async ({ faults, faulty, send, settled }) => {
    const sent = send(30);
    const cached = stale();
    faults.on("ReceiveMessage", ({ number }) => (number <= 5 ? cached : undefined));
    const { exitCode, report } = await faulty(["--visibility", "30"]);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ received: 70, loaded: 30, duplicates: 40, delete_failed: 0 });
    expect(outcomes(report)).toBe(report.received);
    expect(await settled(sent)).toBeUndefined();
  });

  test("no messages by mistake, with a counter that says none: one of each in a row is no empty queue", async ({
    faults,
    faulty,
    send,
    settled,
  }) => {
    const sent = send(30);
    const none = changeAnswer((answer) => ({
      ...answer,
      Attributes: { ...Object(answer["Attributes"]), ApproximateNumberOfMessages: "0" },
    }));
    const noMessages = changeAnswer(() => ({}));
    faults.on("GetQueueAttributes", always(none));
    faults.on("ReceiveMessage", ({ number }) =>
      number % 2 === 1
        ? (request, _) => noMessages(request, async () => ({ status: 200, body: "{}" }))
        : undefined,
    );
    const { exitCode, report } = await faulty(["--concurrency", "1"]);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ received: 30, loaded: 30, deleted: 30 });
    expect(await settled(sent)).toBeUndefined();
  });
});
