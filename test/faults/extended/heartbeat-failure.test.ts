import { describe, expect } from "vitest";
import { addGate, outcomes, reportOf, somebodyWaits, whileLocked } from "../../support/bench.js";
import { answerInstead, GARBAGE, loseAnswer, slow } from "../../support/sqs-faults/answers.js";
import { test } from "../../support/sqs-faults/bench.js";
import { failEntries } from "../../support/sqs-faults/entries.js";
import { type Fault, objectsIn, type Rule } from "../../support/sqs-faults/fault.js";
import { always, refuse } from "../../support/sqs-faults/refusals.js";
import { countRenewals } from "../../support/sqs-faults/renewals.js";

const COUNT = 25;

/** Heartbeats that do not renew anything while a load waits longer than its messages' visibility timeout. */
describe.concurrent("a heartbeat that fails: redelivered, not loaded twice", () => {
  test.for<[what: string, rule: Rule]>([
    ["HTTP 500", always(refuse("InternalError", 500))],
    [
      "MessageNotInflight",
      always(failEntries(() => true, { code: "MessageNotInflight", senderFault: true })),
    ],
    ["Failed[], SQS's fault", always(failEntries(() => true, { code: "InternalError", senderFault: false }))],
  ])("%s", async ([_what, rule], { faults, startFaulty, queue, database, send, settled }) => {
    const sent = send(COUNT);
    await addGate(database);
    faults.on("ChangeMessageVisibilityBatch", rule);
    let drained: ReturnType<typeof startFaulty> | undefined;
    await whileLocked(database, "lock table gate", async () => {
      drained = startFaulty(["--visibility", "2"]);
      await drained.until("a load waits", () => somebodyWaits(database));
      // By this or another drain: here, whoever asks first.
      const isAgain = (): boolean => queue.receiveCounts().filter((count) => count > 1).length === COUNT;
      await drained.until("all came back", () => isAgain() || queue.counts().visible === COUNT);
    });
    if (drained === undefined) throw new Error("the drain was not started");
    const result = await drained.result;
    const report = reportOf(result);
    expect(result.exitCode).toBe(0);
    expect(report).toMatchObject({ loaded: COUNT, rejected: 0, in_doubt: 0 });
    expect(outcomes(report)).toBe(report.received);
    expect(faults.faulted("ChangeMessageVisibilityBatch")).toBeGreaterThan(0);
    faults.heal();
    const after = await settled(sent);
    expect(after?.loaded ?? 0).toBe(0);
  });
});

/**
 * A message's first renewal, its third and so on. By message, and not by the requests' numbers: with these it would be
 * chance how often the same message is met, one time after the other.
 */
function everySecondTime(fault: Fault): Rule {
  const met = new Set<unknown>();
  return ({ input }) => {
    const handles = objectsIn(input, "Entries").map(({ ReceiptHandle }) => ReceiptHandle);
    const areMet = handles.every((handle) => met.has(handle));
    for (const handle of handles) areMet ? met.delete(handle) : met.add(handle);
    return areMet ? undefined : fault;
  };
}

describe.concurrent("a heartbeat that is in trouble and recovers: nothing comes back", () => {
  test.for<[what: string, rule: Rule]>([
    ["every second one refused", everySecondTime(refuse("ServiceUnavailable", 503))],
    ["every second answer lost", everySecondTime(loseAnswer)],
    ["every answer late", always(slow(400))],
  ])("%s", async ([_what, rule], { faults, startFaulty, queue, database, send, settled }) => {
    const sent = send(COUNT);
    await addGate(database);
    const renewals = countRenewals(rule);
    faults.on("ChangeMessageVisibilityBatch", renewals.rule);
    let drained: ReturnType<typeof startFaulty> | undefined;
    await whileLocked(database, "lock table gate", async () => {
      drained = startFaulty(["--visibility", "8", "--max", String(COUNT)]);
      await drained.until("the load waits", () => somebodyWaits(database));
      await drained.until("each lease was renewed twice", () => renewals.areDone(COUNT, 2));
      expect(queue.counts()).toEqual({ visible: 0, in_flight: COUNT, delayed: 0 });
    });
    if (drained === undefined) throw new Error("the drain was not started");
    const report = reportOf(await drained.result);
    expect(report).toMatchObject({ received: COUNT, loaded: COUNT, duplicates: 0, deleted: COUNT });
    expect(await settled(sent)).toBeUndefined();
  });
});

test.concurrent("garbage in place of a heartbeat's answer: the run fails, and what it had is given back or loaded", async ({
  faults,
  startFaulty,
  database,
  send,
  settled,
}) => {
  const sent = send(COUNT);
  await addGate(database);
  const [garbage] = Object.values(GARBAGE);
  if (garbage === undefined) throw new Error("no garbage");
  faults.on("ChangeMessageVisibilityBatch", always(answerInstead(garbage)));
  let drained: ReturnType<typeof startFaulty> | undefined;
  await whileLocked(database, "lock table gate", async () => {
    drained = startFaulty(["--visibility", "2", "--max", String(COUNT), "--log-level", "debug"]);
    await drained.untilStderr(/unexpected_answer|QueueError/);
    faults.heal();
  });
  if (drained === undefined) throw new Error("the drain was not started");
  const { exitCode, stdout, stderr } = await drained.result;
  expect(exitCode).toBe(1);
  expect(stderr).toContain("gave an answer to ChangeMessageVisibilityBatch that is not one of SQS");
  const report = JSON.parse(stdout);
  expect(outcomes(report)).toBe(report.received);
  await settled(sent);
});
