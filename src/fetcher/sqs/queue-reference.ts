import { UsageError } from "../../errors.js";

/** Where a queue is, as far as what was given says it. */
export interface QueueReference {
  readonly name: string;
  /** Present when a URL was given: it is used as it is. */
  readonly url?: string;
  readonly account?: string;
  readonly region?: string;
  /** The URL's scheme, host and port, where the region's standard AWS endpoint is not what it means. */
  readonly endpoint?: string;
}

/** Letters, digits, `-` and `_`, at most 80 with the `.fifo` of a FIFO queue (CreateQueue, QueueName). */
const NAME = /^(?=.{1,80}$)[A-Za-z0-9_-]+(?:\.fifo)?$/;
const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2,}(?:-[a-z0-9]+)+$/;

const ARN_SHAPE = "arn:aws:sqs:REGION:ACCOUNT:NAME, with an account of 12 digits";
const URL_SHAPE = "https://sqs.REGION.amazonaws.com/ACCOUNT/NAME";

/** `sqs.eu-west-1.amazonaws.com`, a VPC endpoint's `vpce-….sqs.eu-west-1.vpce.amazonaws.com`, LocalStack's own domain. */
const REGION_IN_HOST = /(?:^|\.)sqs(?:-fips)?\.([a-z]{2,}(?:-[a-z]+)+-\d+)\./;
/** AWS's first URLs, and LocalStack in the same style: `eu-west-1.queue.amazonaws.com`. */
const REGION_IN_FIRST_HOST = /^([a-z]{2,}(?:-[a-z]+)+-\d+)\.queue\./;
const AWS_HOST = /(?:^|\.)amazonaws\.com(?:\.cn)?$/;
/** What the SDK makes of a region by itself, so that its FIPS and dual-stack settings go on to count. */
const STANDARD_ORIGIN = /^https:\/\/sqs\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/;

/**
 * Reads a queue's name, URL or ARN
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html).
 * Throws `UsageError` for what is none of them.
 */
export function parseQueueReference(text: string): QueueReference {
  const trimmed = text.trim();
  if (trimmed.startsWith("arn:")) return parseArn(trimmed);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)) return parseUrl(trimmed);
  if (NAME.test(trimmed)) return { name: trimmed };
  if (trimmed === "") throw malformed("no queue is given: set a queue name, URL or ARN");
  throw malformed(
    `${quote(trimmed)} is no queue: give a name (1 to 80 letters, digits, "-" or "_", and ".fifo" at the end for a FIFO queue), ` +
      `a URL (${URL_SHAPE}) or an ARN (arn:aws:sqs:REGION:ACCOUNT:NAME)`,
  );
}

function parseArn(text: string): QueueReference {
  const [, partition = "", service, region = "", account = "", name = "", ...rest] = text.split(":");
  if (
    !/^aws(?:-[a-z]+)*$/.test(partition) ||
    service !== "sqs" ||
    !REGION.test(region) ||
    !ACCOUNT.test(account) ||
    !NAME.test(name) ||
    rest.length > 0
  ) {
    throw malformed(`${quote(text)} is not the ARN of a queue: that is ${ARN_SHAPE}`);
  }
  return { name, account, region };
}

function parseUrl(text: string): QueueReference {
  if (!URL.canParse(text)) throw malformed(`the queue URL cannot be read: it looks like ${URL_SHAPE}`);
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    throw malformed(
      "the queue URL holds a user name or a password: AWS credentials do not belong there, leave them out",
    );
  }
  if ((url.protocol !== "https:" && url.protocol !== "http:") || url.search !== "" || url.hash !== "") {
    throw malformed(`${quote(text)} is not the URL of a queue: that is ${URL_SHAPE}`);
  }
  const parts = url.pathname.split("/").filter((part) => part !== "");
  const name = parts.at(-1) ?? "";
  const owner = parts.at(-2) ?? "";
  if (!NAME.test(name) || (AWS_HOST.test(url.hostname) && !(parts.length === 2 && ACCOUNT.test(owner)))) {
    throw malformed(
      `${quote(text)} does not end in an account and a queue name: a queue's URL is ${URL_SHAPE}`,
    );
  }
  const region = regionOf(url, parts);
  return {
    name,
    url: text,
    ...(ACCOUNT.test(owner) && { account: owner }),
    ...(region !== undefined && { region }),
    ...(!STANDARD_ORIGIN.test(url.origin) && { endpoint: url.origin }),
  };
}

function regionOf({ hostname }: URL, parts: readonly string[]): string | undefined {
  if (hostname === "queue.amazonaws.com") return "us-east-1";
  const found = REGION_IN_HOST.exec(hostname)?.[1] ?? REGION_IN_FIRST_HOST.exec(hostname)?.[1];
  if (found !== undefined) return found;
  // LocalStack's path strategy: /queue/REGION/ACCOUNT/NAME.
  const [first, region = ""] = parts;
  return first === "queue" && parts.length === 4 && REGION.test(region) ? region : undefined;
}

function malformed(message: string): UsageError {
  return new UsageError("queue_malformed", message);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}...` : text);
}
