import { describe, expect, test } from "vitest";
import { isAwsHost } from "../../../src/doctor/checks/identity.js";
import {
  mayDecryptCheck,
  mayDeleteCheck,
  mayExtendCheck,
  mayReceiveCheck,
} from "../../../src/doctor/checks/permissions.js";
import type { QueueProbe } from "../../../src/doctor/queue-probe.js";
import type { Tools } from "../../../src/doctor/tools.js";
import { QueueError } from "../../../src/errors.js";
import type { ReceivedMessage } from "../../../src/message.js";
import { found, queueOf, toolsOf } from "./support.js";

function toolsWith(probe: Partial<QueueProbe>, more: Partial<Tools> = {}): Tools {
  const tools = toolsOf(more);
  tools.facts.queue.set(queueOf(probe));
  return tools;
}

const refusal = (code: string): (() => Promise<never>) => {
  return () => Promise.reject(new QueueError("failed", code, "SQS refuses the call: allow it"));
};

describe.each([
  ["DeleteMessage", mayDeleteCheck, "deleteNothing"],
  ["ChangeMessageVisibility", mayExtendCheck, "extendNothing"],
] as const)("%s", (action, check, method) => {
  test.each([
    ["the handle is refused", ["ReceiptHandleIsInvalid"]],
    ["the call succeeds", []],
  ])("is allowed where %s", async (_what, codes) => {
    const failed = codes.map((code) => ({ index: 0, code, senderFault: true }));
    const tools = toolsWith({ [method]: async () => failed });
    expect((await found(check, tools)).status).toBe("ok");
  });

  test("is allowed where the handle is refused for the whole call", async () => {
    const tools = toolsWith({ [method]: refusal("receipt_handle_invalid") });
    expect((await found(check, tools)).status).toBe("ok");
  });

  test("is denied for the call, or for its entry", async () => {
    const call = toolsWith({ [method]: refusal("access_denied") });
    await expect(found(check, call)).rejects.toMatchObject({ code: "access_denied" });
    const failed = [{ index: 0, code: "AccessDenied", senderFault: true }];
    const entry = toolsWith({ [method]: async () => failed });
    await expect(found(check, entry)).rejects.toMatchObject({
      message: expect.stringContaining(`sqs:${action}`),
    });
  });
});

describe("ReceiveMessage without a receive", () => {
  test("a refusal of the parameters proves nothing", async () => {
    const tools = toolsWith({ receiveNothing: refusal("request_refused") });
    expect(await found(mayReceiveCheck, tools)).toMatchObject({ status: "skipped", code: "not_proven" });
  });

  test("a denial does", async () => {
    const tools = toolsWith({ receiveNothing: refusal("access_denied") });
    await expect(found(mayReceiveCheck, tools)).rejects.toMatchObject({ code: "access_denied" });
  });

  test("an emulator is not asked: it may hand out a message", async () => {
    const tools = toolsWith({ host: () => "127.0.0.1:4566" });
    expect(await found(mayReceiveCheck, tools)).toMatchObject({ status: "skipped", code: "not_proven" });
  });

  test.each([
    ["sqs.eu-west-1.amazonaws.com", true],
    ["vpce-1.sqs.eu-west-1.vpce.amazonaws.com:443", true],
    ["sqs.cn-north-1.amazonaws.com.cn", true],
    ["127.0.0.1:4566", false],
    ["amazonaws.com.example.org", false],
    ["notamazonaws.com", false],
    [undefined, false],
  ])("%s is AWS: %s", (host, isAws) => {
    expect(isAwsHost(host)).toBe(isAws);
  });
});

describe("ReceiveMessage with --receive", () => {
  const message: ReceivedMessage = {
    ...{ messageId: "7a1c", receiptHandle: "handle-canary", body: "body-canary", attributes: {} },
    ...{ receiveCount: 4, sentAtMs: Date.UTC(2025, 11, 31, 23, 0) },
  };
  const toolsFor = (maxReceiveCount: number | undefined, given?: ReceivedMessage): Tools => {
    const tools = toolsWith({ receiveOne: async () => given }, { receive: true });
    const redrivePolicy =
      maxReceiveCount === undefined ? undefined : { deadLetterTargetArn: "arn", maxReceiveCount };
    const counters = { visible: 1, in_flight: 0, delayed: 0 };
    tools.facts.attributes.set({
      ...{
        ...counters,
        arn: "arn",
        fifo: false,
        visibilitySeconds: 30,
        maximumMessageBytes: 1,
        redrivePolicy,
      },
    });
    return tools;
  };

  test.each([
    [undefined, "ok", "receive 4"],
    [5, "ok", "receive 4 of 5"],
    [4, "warning", "receive 4 of 4"],
  ])("of at most %s receives: %s", async (most, status, says) => {
    const tools = toolsFor(most, message);
    const finding = await found(mayReceiveCheck, tools);
    expect(finding).toMatchObject({ status, found: expect.stringMatching(`sent 60 min ago, ${says}$`) });
    expect(JSON.stringify(finding)).not.toContain("canary");
  });

  test("kms:Decrypt is proven by a message alone", async () => {
    for (const [given, status] of [
      [message, "ok"],
      [undefined, "skipped"],
    ] as const) {
      const tools = toolsFor(undefined, given);
      tools.facts.rawAttributes.set({ KmsMasterKeyId: "alias/orders" });
      expect((await found(mayDecryptCheck, tools)).status).toBe("skipped");
      expect((await found(mayReceiveCheck, tools)).status).toBe("ok");
      expect((await found(mayDecryptCheck, tools)).status).toBe(status);
    }
    const tools = toolsFor(undefined);
    tools.facts.rawAttributes.set({});
    expect((await found(mayDecryptCheck, tools)).found).toMatch(/is not needed/);
  });
});
