import { describe, expect } from "vitest";
import { type Drained, outcomes } from "../../support/bench.js";
import { answerInstead, GARBAGE, WITHOUT_FIELDS, WRONG_SHAPES } from "../../support/sqs-faults/answers.js";
import { test } from "../../support/sqs-faults/bench.js";
import type { Answer } from "../../support/sqs-faults/fault.js";
import { always, between, inTurn } from "../../support/sqs-faults/refusals.js";
import { DRAIN_WAYS } from "../../support/sqs-faults/ways.js";

const HTML: Answer = GARBAGE["a page of HTML"] ?? { status: 200, body: "<html>" };

/** The run has failed, its line and its report say so, and nothing of the answer is repeated. */
function expectUnexpected(kind: string, action: string, { exitCode, report, stderr }: Drained): void {
  expect({ kind, exitCode, error: report.error?.code }).toEqual({
    kind,
    exitCode: 1,
    error: "unexpected_answer",
  });
  expect(stderr).toContain(`gave an answer to ${action} that is not one of SQS`);
  expect(stderr).not.toContain("the-text-of-the-server");
  expect(outcomes(report)).toBe(report.received);
}

/** The server has done what it was asked for each time; what comes back has been replaced on the way. */
describe.concurrent.for(DRAIN_WAYS)(
  "an answer that is none ends the run, and nothing is lost ($way)",
  ({ args, attempts }) => {
    test("to ReceiveMessage", async ({ faults, faulty, send, settled }) => {
      const kinds = { "no JSON": GARBAGE["no JSON"], "lists of nonsense": WRONG_SHAPES["lists of nonsense"] };
      const sent = send(20 * Object.keys(kinds).length);
      for (const [kind, garbage] of Object.entries(kinds)) {
        if (garbage === undefined) throw new Error(kind);
        const second = faults.asked("ReceiveMessage") + 2;
        faults.on("ReceiveMessage", between(second, second + attempts - 1, always(answerInstead(garbage))));
        const drained = await faulty([...args, "--max", "20", "--visibility", "2", "--concurrency", "1"]);
        expectUnexpected(kind, "ReceiveMessage", drained);
        const { received, released, loaded, deleted } = drained.report;
        // Loaded only if the answer was so slow that the batch could not wait for it.
        expect({ received, outcomes: released + loaded, deleted }).toEqual({
          ...{ received: 10, outcomes: 10, deleted: loaded },
        });
      }
      await settled(sent);
    });

    test("to DeleteMessageBatch", async ({ faults, faulty, send, settled }) => {
      const sent = send(20);
      faults.on("DeleteMessageBatch", between(2, 1 + attempts, always(answerInstead(HTML))));
      const drained = await faulty([...args, "--max", "20"]);
      expectUnexpected("HTML", "DeleteMessageBatch", drained);
      expect(drained.report).toMatchObject({ received: 20, loaded: 20, deleted: 10, delete_failed: 10 });
      expect(await settled(sent)).toBeUndefined();
    });

    test("to GetQueueAttributes: never an empty queue", async ({ faults, faulty, send, settled }) => {
      const sent = send(10);
      // The first one is asked for at the start; the second one is to say whether the queue is empty.
      faults.on("GetQueueAttributes", between(2, 2, always(answerInstead(HTML))));
      const drained = await faulty(args);
      expectUnexpected("HTML", "GetQueueAttributes", drained);
      expect(drained.report).toMatchObject({ received: 10, loaded: 10, deleted: 10 });
      expect(await settled(sent)).toBeUndefined();
    });
  },
);

test.concurrent("an answer that is none to a direct call alone ends nothing", async ({
  faults,
  faulty,
  send,
  settled,
}) => {
  const sent = send(20);
  for (const action of ["ReceiveMessage", "DeleteMessageBatch"] as const) {
    faults.on(action, ({ way }) => (way === "direct" ? answerInstead(HTML) : undefined));
  }
  const { exitCode, report } = await faulty(["--visibility", "2"]);
  expect(exitCode).toBe(0);
  expect(outcomes(report)).toBe(report.received);
  expect(report).toMatchObject({ deleted: report.loaded, delete_failed: 0 });
  await settled(sent);
});

describe.concurrent("an answer without anything in it is no answer: it is asked for again", () => {
  const empty = Object.values(WITHOUT_FIELDS).map(answerInstead);

  test("to ReceiveMessage: it does not make an empty queue", async ({ faults, faulty, send, settled }) => {
    const sent = send(300);
    const next = inTurn(empty);
    faults.on("ReceiveMessage", (request) => (request.number % 4 === 1 ? next(request) : undefined));
    const { exitCode, report } = await faulty(["--visibility", "2", "--concurrency", "2"]);
    expect(exitCode).toBe(0);
    expect(outcomes(report)).toBe(report.received);
    expect(report.loaded).toBeGreaterThanOrEqual(200);
    await settled(sent);
  });

  test("to every second DeleteMessageBatch: it does not make a delete", async ({
    faults,
    faulty,
    send,
    settled,
  }) => {
    const sent = send(100);
    const next = inTurn([...empty, ...Object.values(WRONG_SHAPES).map(answerInstead)]);
    faults.on("DeleteMessageBatch", (request) => (request.number % 2 === 0 ? next(request) : undefined));
    const { exitCode, report } = await faulty(["--max", "100"]);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ loaded: 100, deleted: 100, delete_failed: 0 });
    expect(report.retries).toBeGreaterThan(0);
    expect(await settled(sent)).toBeUndefined();
  });
});
