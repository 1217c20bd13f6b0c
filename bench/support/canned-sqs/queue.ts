import { type Backlog, delayOf } from "../bench-sqs/backlog.js";
import { type Counts, createTally } from "../bench-sqs/tally.js";
import type { CannedRequest, CannedResponse } from "./http.js";
import { numberOf, type Pages } from "./pages.js";

export interface CannedQueue {
  respond(request: CannedRequest): Promise<CannedResponse> | CannedResponse;
  counts(): Counts;
}

type Input = Readonly<Record<string, unknown>>;

const NOTHING = Buffer.from("{}");

/** A backlog that is handed out once, page by page: what is not deleted does not come back. */
export function createCannedQueue(pages: Pages, backlog: Backlog): CannedQueue {
  const { count } = backlog;
  const tally = createTally();
  const gone = new Uint8Array(count);
  let delivered = 0;
  let deleted = 0;

  const take = (receiptHandle: unknown): void => {
    const index = numberOf(String(receiptHandle));
    if (gone[index] !== 0) return;
    gone[index] = 1;
    deleted += 1;
    tally.deleted(deleted);
  };

  const receive = (input: Input): Buffer => {
    const end = Math.min(count, delivered + Number(input["MaxNumberOfMessages"] ?? 1));
    if (end === delivered) return NOTHING;
    const page = pages.page(delivered, end, attributesAskedFor(input));
    delivered = end;
    return page;
  };

  const attributes = (): Buffer =>
    json({
      Attributes: {
        QueueArn: "arn:aws:sqs:eu-west-1:000000000000:login-queue",
        ApproximateNumberOfMessages: String(count - delivered),
        ApproximateNumberOfMessagesNotVisible: String(delivered - deleted),
        ApproximateNumberOfMessagesDelayed: "0",
        VisibilityTimeout: "30",
        MaximumMessageSize: "1048576",
      },
    });

  const answer = (action: string, input: Input): Buffer | undefined => {
    switch (action) {
      case "ReceiveMessage":
        return receive(input);
      case "DeleteMessageBatch":
        for (const entry of entriesOf(input)) take(entry["ReceiptHandle"]);
        return confirmed(input);
      case "DeleteMessage":
        take(input["ReceiptHandle"]);
        return NOTHING;
      case "ChangeMessageVisibilityBatch":
        return confirmed(input);
      case "ChangeMessageVisibility":
        return NOTHING;
      case "GetQueueAttributes":
        return attributes();
      case "GetQueueUrl":
        return json({ QueueUrl: "http://127.0.0.1/000000000000/login-queue" });
      default:
        return undefined;
    }
  };

  return {
    respond: ({ action, body }) => {
      tally.requested(action);
      const input: Input = JSON.parse(body.toString("utf8"));
      const bytes = answer(action, input);
      if (bytes === undefined) return { status: 400, body: json({ __type: "UnknownOperationException" }) };
      const isEmptyPage = action === "ReceiveMessage" && bytes === NOTHING;
      const pollMs = isEmptyPage ? Number(input["WaitTimeSeconds"] ?? 0) * 1_000 : 0;
      const waitMs = delayOf(backlog) + pollMs;
      const response: CannedResponse = { status: 200, body: bytes };
      if (waitMs === 0) return response;
      return new Promise((resolve) => setTimeout(() => resolve(response), waitMs));
    },
    counts: tally.counts,
  };
}

function attributesAskedFor(input: Input): readonly unknown[] {
  const lists = [input["MessageSystemAttributeNames"], input["AttributeNames"]];
  return lists.flatMap((names) => (Array.isArray(names) ? names : []));
}

function entriesOf(input: Input): readonly Input[] {
  const entries = input["Entries"];
  return Array.isArray(entries) ? entries : [];
}

function confirmed(input: Input): Buffer {
  return json({ Successful: entriesOf(input).map(({ Id }) => ({ Id })), Failed: [] });
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
