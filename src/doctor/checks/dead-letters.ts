import { QueueError } from "../../errors.js";
import { wholeNumber } from "../../fetcher/sqs/wire/received-message.js";
import { type Check, type Finding, ok, warning } from "../check.js";
import { IF_NETWORK_AWAY } from "../if-silent.js";
import type { RawAttributes } from "../queue-probe.js";
import type { Tools } from "../tools.js";
import { count, span } from "../words.js";

/** Fewer receives than that are soon used up: a killed run, a peek and a slow start count as one each. */
const FEW_RECEIVES = 3;

export const deadLettersCheck: Check = {
  id: "dead_letters",
  group: "queue",
  title: "dead letters",
  needs: ["messages"],
  ifSilent: IF_NETWORK_AWAY,
  run: async (tools) => {
    const policy = tools.facts.attributes.get().redrivePolicy;
    if (policy === undefined) {
      return warning(
        "no redrive policy: rejects that are left on the queue come back with every drain until they expire",
        "give the queue a dead-letter queue, or drain with --on-reject quarantine",
        { code: "no_dead_letter_queue", figures: { dead_letter_queue: null, max_receive_count: null } },
      );
    }
    const { deadLetterTargetArn: arn, maxReceiveCount } = policy;
    const figures = { dead_letter_queue: arn, max_receive_count: maxReceiveCount };
    const found = `after ${count(maxReceiveCount)} receives to ${nameIn(arn)}`;
    let target: RawAttributes;
    try {
      target = await attributesOf(arn, tools);
    } catch (error) {
      return unseen(error, found, figures);
    }
    const misfit = retentionMisfit(target, tools.facts.rawAttributes.get());
    if (misfit !== undefined) {
      const remedy = "set a longer MessageRetentionPeriod on the dead-letter queue (up to 14 days)";
      return warning(`${found}, ${misfit}`, remedy, { code: "dead_letter_retention_short", figures });
    }
    if (maxReceiveCount < FEW_RECEIVES) {
      return warning(
        `${found}: a drain that is killed, and a peek, take one of them`,
        "raise maxReceiveCount to 3 or more",
        { code: "few_receives", figures },
      );
    }
    const waiting = wholeNumber(target["ApproximateNumberOfMessages"]) ?? 0;
    return ok(`${found}, which holds ${count(waiting)}`, { figures: { ...figures, dead_letters: waiting } });
  },
};

function nameIn(arn: string): string {
  return arn.split(":").at(-1) ?? arn;
}

function attributesOf(arn: string, { facts }: Tools): Promise<RawAttributes> {
  const [, , , , account = "", name = ""] = arn.split(":");
  return facts.queue.get().attributesOf(name, account);
}

/** That somebody else's queue may not be looked at is no fault; that there is none is. */
function unseen(error: unknown, found: string, figures: NonNullable<Finding["figures"]>): Finding {
  if (!(error instanceof QueueError)) throw error;
  if (error.code === "access_denied") {
    return ok(`${found} (these credentials may not look at it)`, { figures });
  }
  if (error.code !== "queue_missing") throw error;
  return warning(
    `${found}, which does not exist: SQS cannot move anything there`,
    "create that queue, or correct the redrive policy",
    { code: "dead_letter_queue_missing", figures },
  );
}

/** A standard queue's message keeps its age when it is moved. */
function retentionMisfit(target: RawAttributes, source: RawAttributes): string | undefined {
  const theirs = wholeNumber(target["MessageRetentionPeriod"]);
  const ours = wholeNumber(source["MessageRetentionPeriod"]);
  if (theirs === undefined || ours === undefined || source["FifoQueue"] === "true") return undefined;
  // Fourteen days are all there is.
  if (theirs > ours || theirs >= 1_209_600) return undefined;
  return `which keeps messages ${span(theirs)} from when they were sent, the queue ${span(ours)}`;
}
