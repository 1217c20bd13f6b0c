import { QueueError } from "../../errors.js";
import { parseAttributes } from "../../fetcher/sqs/attributes.js";
import { wholeNumber } from "../../fetcher/sqs/wire/received-message.js";
import { type Check, ok, warning } from "../check.js";
import { createQueueProbe } from "../queue-probe.js";
import { count, span } from "../words.js";

const IF_SILENT = "check the network, a firewall or a VPC endpoint, and AWS_ENDPOINT_URL_SQS";

export const queueCheck: Check = {
  id: "queue",
  group: "queue",
  title: "queue",
  needs: ["config", "credentials"],
  ifSilent: IF_SILENT,
  run: async ({ facts }) => {
    const session = facts.session.get();
    const url = await session.url();
    const queue = createQueueProbe(session, url);
    facts.queue.set(queue);
    const { name, region = "", account = null } = queue;
    const where = account === null ? region : `${region}, account ${account}`;
    const isLookedUp = session.reference.url === undefined;
    const how = isLookedUp ? `found at ${queue.host()} (sqs:GetQueueUrl)` : "given by its URL";
    return ok(`${name} in ${where}, ${how}`, {
      figures: { name, url, region, account, looked_up: isLookedUp },
    });
  },
};

/** SQS's own limits of messages in flight, all consumers together. */
const MOST_IN_FLIGHT = { standard: 120_000, fifo: 20_000 };

export const messagesCheck: Check = {
  id: "messages",
  group: "queue",
  title: "messages",
  needs: ["queue"],
  ifSilent: IF_SILENT,
  run: async ({ facts }) => {
    const queue = facts.queue.get();
    const raw = await queue.attributes();
    const attributes = parseAttributes(raw, queue.name);
    if (attributes === undefined) {
      throw new QueueError(
        "failed",
        "unexpected_answer",
        `${queue.host() ?? queue.name} gave attributes that are not those of a queue: check that AWS_ENDPOINT_URL_SQS or the queue URL names an SQS server`,
      );
    }
    facts.rawAttributes.set(raw);
    facts.attributes.set(attributes);
    const { visible, in_flight: inFlight, delayed, fifo } = attributes;
    const type = fifo ? "FIFO" : "standard";
    const found = `${type} queue: ${count(visible)} visible, ${count(inFlight)} in flight, ${count(delayed)} delayed (sqs:GetQueueAttributes)`;
    const figures = {
      ...{ type, visible, in_flight: inFlight, delayed },
      visibility_timeout_s: attributes.visibilitySeconds,
      delay_s: wholeNumber(raw["DelaySeconds"]) ?? null,
      maximum_message_bytes: attributes.maximumMessageBytes,
    };
    const most = fifo ? MOST_IN_FLIGHT.fifo : MOST_IN_FLIGHT.standard;
    if (inFlight < most * 0.8) return ok(found, { figures });
    return warning(
      `${found}; SQS allows ${count(most)} in flight`,
      "let the other consumers delete what they hold first, or a drain gets nothing",
      { code: "over_limit", figures },
    );
  },
};

/** A ledger entry outlives SQS's longest retention, so a short one only loses what nobody drains in time. */
const SHORT_RETENTION_SECONDS = 86_400;

export const retentionCheck: Check = {
  id: "retention",
  group: "queue",
  title: "retention",
  needs: ["messages"],
  run: ({ facts }) => {
    const seconds = wholeNumber(facts.rawAttributes.get()["MessageRetentionPeriod"]);
    if (seconds === undefined) return ok("the queue does not say");
    const figures = { retention_s: seconds };
    if (seconds >= SHORT_RETENTION_SECONDS) {
      const hint = facts.attributes.get().visible > 0 ? "; SQS does not tell how old the oldest is" : "";
      return ok(`messages live ${span(seconds)}${hint}`, { figures });
    }
    return warning(
      `messages live ${span(seconds)} only: what is not drained by then is gone`,
      "drain more often than that, or set MessageRetentionPeriod (up to 14 days)",
      { code: "retention_short", figures },
    );
  },
};
