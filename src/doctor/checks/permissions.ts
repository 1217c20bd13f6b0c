import { QueueError } from "../../errors.js";
import type { FailedEntry } from "../../fetcher/queue.js";
import { type Check, type Finding, ok, skipped, warning } from "../check.js";
import { IF_NETWORK_AWAY } from "../if-silent.js";
import type { Tools } from "../tools.js";
import { count, span } from "../words.js";
import { isAwsHost } from "./identity.js";

export const mayReceiveCheck: Check = {
  id: "may_receive",
  group: "queue",
  title: "may receive",
  needs: ["queue"],
  after: ["messages"],
  ifSilent: IF_NETWORK_AWAY,
  run: (tools) => (tools.receive ? receiveOne(tools) : receiveNothing(tools)),
};

/**
 * Without a receive a refusal can be seen, but no permission: SQS need not look at permissions before it finds that the
 * call makes no sense. An emulator may hand out a message all the same, so it is not asked.
 */
async function receiveNothing({ facts }: Tools): Promise<Finding> {
  const queue = facts.queue.get();
  const unproven =
    "only a receive can tell: --receive takes one message and gives it back at once, which counts as a receive";
  if (!isAwsHost(queue.host()))
    return skipped(`sqs:ReceiveMessage is not proven: ${unproven}`, { code: "not_proven" });
  try {
    await queue.receiveNothing();
    return ok("sqs:ReceiveMessage is allowed");
  } catch (error) {
    if (error instanceof QueueError && error.code === "request_refused") {
      return skipped(`sqs:ReceiveMessage is not denied as far as can be seen, and not proven: ${unproven}`, {
        code: "not_proven",
      });
    }
    throw error;
  }
}

/** Visible to others all the while: nothing has to be given back, and it costs the message one of its receives. */
async function receiveOne({ facts, signal, clock }: Tools): Promise<Finding> {
  const message = await facts.queue.get().receiveOne(signal);
  facts.hasReceived.set(message !== undefined);
  if (message === undefined) return ok("sqs:ReceiveMessage is allowed; there was no message");
  const most = facts.attributes.peek()?.redrivePolicy?.maxReceiveCount;
  const { receiveCount, sentAtMs } = message;
  const ageSeconds = Math.max(0, Math.round((clock.now() - sentAtMs) / 1_000));
  const times = most === undefined ? count(receiveCount) : `${count(receiveCount)} of ${count(most)}`;
  const found = `sqs:ReceiveMessage is allowed: one message received and given back, sent ${span(ageSeconds)} ago, receive ${times}`;
  const figures = { receive_count: receiveCount, max_receive_count: most ?? null, message_age_s: ageSeconds };
  if (most === undefined || receiveCount < most) return ok(found, { figures });
  return warning(found, "the next receive may move it to the dead-letter queue: drain before peeking again", {
    code: "near_redrive",
    figures,
  });
}

export const mayDeleteCheck: Check = {
  id: "may_delete",
  group: "queue",
  title: "may delete",
  needs: ["queue"],
  ifSilent: IF_NETWORK_AWAY,
  run: async ({ facts }) =>
    refusedHandle("DeleteMessage", await tried(() => facts.queue.get().deleteNothing())),
};

export const mayExtendCheck: Check = {
  id: "may_extend",
  group: "queue",
  title: "may extend",
  needs: ["queue"],
  ifSilent: IF_NETWORK_AWAY,
  run: async ({ facts }) =>
    refusedHandle("ChangeMessageVisibility", await tried(() => facts.queue.get().extendNothing())),
};

/** Some servers answer for the call in the place of its entries. */
async function tried(call: () => Promise<FailedEntry[]>): Promise<FailedEntry[]> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof QueueError && error.code === "receipt_handle_invalid") return [];
    throw error;
  }
}

/** SQS looks at permissions before it looks at a receipt handle, which was none. */
function refusedHandle(action: string, entries: readonly FailedEntry[]): Finding {
  const denied = entries.find(({ code }) => /^(AWS\.)?(Access|Auth).*(Denied|Error)/i.test(code));
  if (denied !== undefined) {
    throw new QueueError(
      "failed",
      "access_denied",
      `SQS denies ${action} on the queue: allow sqs:${action} in IAM or in the queue's policy`,
    );
  }
  return ok(`sqs:${action} is allowed: tried with a receipt handle that is none`);
}

export const mayDecryptCheck: Check = {
  id: "may_decrypt",
  group: "queue",
  title: "may decrypt",
  needs: ["messages"],
  after: ["may_receive"],
  run: ({ facts }) => {
    if (!facts.rawAttributes.get()["KmsMasterKeyId"])
      return ok("kms:Decrypt is not needed: the queue is not encrypted by SSE-KMS");
    const received = facts.hasReceived.peek();
    if (received === true) return ok("kms:Decrypt is allowed: a message was received");
    const why =
      received === false
        ? "there was no message to decrypt"
        : "only the receive of a message can tell (--receive)";
    return skipped(`kms:Decrypt is not proven: ${why}`, { code: "not_proven" });
  },
};
