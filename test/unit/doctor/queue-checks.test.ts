import { describe, expect, test } from "vitest";
import { deadLettersCheck } from "../../../src/doctor/checks/dead-letters.js";
import { messagesCheck, retentionCheck } from "../../../src/doctor/checks/queue.js";
import { encryptionCheck, policyFinding } from "../../../src/doctor/checks/queue-security.js";
import type { QueueProbe, RawAttributes } from "../../../src/doctor/queue-probe.js";
import type { Tools } from "../../../src/doctor/tools.js";
import { QueueError } from "../../../src/errors.js";
import { parseAttributes } from "../../../src/fetcher/sqs/attributes.js";
import { found, queueOf, toolsOf } from "./support.js";

const DLQ = "arn:aws:sqs:eu-west-1:999999999999:orders-dead";

/** With what SQS said of the queue. */
function toolsWith(raw: RawAttributes, probe: Partial<QueueProbe> = {}): Tools {
  const tools = toolsOf();
  const all = { ApproximateNumberOfMessages: "1", ...raw };
  const attributes = parseAttributes(all, "orders");
  if (attributes === undefined) throw new Error("these are no attributes");
  tools.facts.queue.set(queueOf({ attributes: async () => all, ...probe }));
  tools.facts.rawAttributes.set(all);
  tools.facts.attributes.set(attributes);
  return tools;
}

describe("messages", () => {
  test("the counters, and the type", async () => {
    const tools = toolsWith({ ApproximateNumberOfMessages: "1204", FifoQueue: "true", DelaySeconds: "5" });
    const finding = await found(messagesCheck, tools);
    expect(finding.found).toMatch(/^FIFO queue: 1,204 visible, 0 in flight, 0 delayed/);
    expect(finding).toMatchObject({ status: "ok", figures: { visible: 1_204, delay_s: 5 } });
  });

  test.each([
    ["20000", "true", "warning"],
    ["20000", "false", "ok"],
    ["110000", "false", "warning"],
  ])("%s in flight, FIFO %s: %s", async (inFlight, FifoQueue, status) => {
    const raw = { ApproximateNumberOfMessagesNotVisible: inFlight, FifoQueue };
    expect((await found(messagesCheck, toolsWith(raw))).status).toBe(status);
  });

  test("an answer that is none", async () => {
    const tools = toolsOf();
    tools.facts.queue.set(queueOf({ attributes: async () => ({}) }));
    await expect(found(messagesCheck, tools)).rejects.toMatchObject({ code: "unexpected_answer" });
  });
});

test.each([
  ["3600", "warning", /live 60 min only/],
  ["345600", "ok", /live 4 days; SQS does not tell/],
  [undefined, "ok", /does not say/],
])("retention of %s s: %s", async (MessageRetentionPeriod, status, says) => {
  const finding = await found(retentionCheck, toolsWith({ MessageRetentionPeriod }));
  expect(finding).toMatchObject({ status, found: expect.stringMatching(says) });
});

describe("dead letters", () => {
  const policy = (maxReceiveCount: number): RawAttributes => ({
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: DLQ, maxReceiveCount }),
    MessageRetentionPeriod: "345600",
  });
  const refusing = (code: string): Partial<QueueProbe> => ({
    attributesOf: () => Promise.reject(new QueueError("failed", code, "the queue says no: do something")),
  });

  test("none: rejects stay for ever", async () => {
    expect(await found(deadLettersCheck, toolsWith({}))).toMatchObject({
      status: "warning",
      code: "no_dead_letter_queue",
    });
  });

  test("one that is there is asked for by its name and account", async () => {
    const asked: string[][] = [];
    const probe: Partial<QueueProbe> = {
      attributesOf: async (...names) => {
        asked.push(names);
        return { ApproximateNumberOfMessages: "17", MessageRetentionPeriod: "1209600" };
      },
    };
    const finding = await found(deadLettersCheck, toolsWith(policy(5), probe));
    expect(finding).toMatchObject({
      status: "ok",
      found: "after 5 receives to orders-dead, which holds 17",
      figures: { dead_letter_queue: DLQ, max_receive_count: 5, dead_letters: 17 },
    });
    expect(asked).toEqual([["orders-dead", "999999999999"]]);
  });

  test.each([
    ["queue_missing", "warning", "dead_letter_queue_missing"],
    ["access_denied", "ok", undefined],
  ])("%s is %s", async (code, status, findingCode) => {
    const finding = await found(deadLettersCheck, toolsWith(policy(5), refusing(code)));
    expect([finding.status, finding.code]).toEqual([status, findingCode]);
  });

  test("what else it says is an error as any", async () => {
    const tools = toolsWith(policy(5), refusing("throttled"));
    await expect(found(deadLettersCheck, tools)).rejects.toMatchObject({ code: "throttled" });
  });

  test.each([
    ["345600", 5, "false", "dead_letter_retention_short"],
    ["86400", 5, "false", "dead_letter_retention_short"],
    ["86400", 5, "true", undefined],
    ["1209600", 2, "false", "few_receives"],
    ["1209600", 3, "false", undefined],
  ])("retention of %s s, %d receives, FIFO %s: %s", async (retention, receives, FifoQueue, code) => {
    const attributesOf = async (): Promise<RawAttributes> => ({ MessageRetentionPeriod: retention });
    const tools = toolsWith({ ...policy(receives), FifoQueue }, { attributesOf });
    expect((await found(deadLettersCheck, tools)).code).toBe(code);
  });
});

test.each<[raw: RawAttributes, status: string, says: RegExp]>([
  [{ KmsMasterKeyId: "alias/orders" }, "ok", /SSE-KMS with alias\/orders: .*kms:Decrypt/],
  [{ SqsManagedSseEnabled: "true" }, "ok", /SSE-SQS/],
  [{ SqsManagedSseEnabled: "false" }, "warning", /unencrypted/],
  [{}, "ok", /does not say/],
])("encryption of %j: %s", async (raw, status, says) => {
  expect(await found(encryptionCheck, toolsWith(raw))).toMatchObject({
    status,
    found: expect.stringMatching(says),
  });
});

describe("a queue's policy", () => {
  test.each<[statement: object, denies: string | null]>([
    [{ Effect: "Allow", Action: "sqs:*" }, null],
    [{ Effect: "Deny", Action: "SQS:SendMessage" }, null],
    [{ Effect: "Deny", Action: ["sqs:Delete*", "sqs:purgequeue"] }, "sqs:DeleteMessage"],
    [{ Effect: "Deny", Action: "sqs:?eceiveMessage" }, "sqs:ReceiveMessage"],
    [
      { Effect: "Deny", NotAction: ["sqs:Receive*", "sqs:Get*", "sqs:DeleteMessage"] },
      "sqs:ChangeMessageVisibility",
    ],
  ])("%j denies %s", (statement, denies) => {
    for (const Statement of [statement, [statement]]) {
      expect(policyFinding(JSON.stringify({ Statement })).figures).toMatchObject({ denies });
    }
  });

  test.each(["", "no JSON", "null", "7", "{}", '{"Statement":[null,7]}'])(
    "%j is no reason to fail",
    (text) => {
      expect(policyFinding(text).status).toBe("ok");
    },
  );
});
