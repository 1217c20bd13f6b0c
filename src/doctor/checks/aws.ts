import { Sqs2pgError } from "../../errors.js";
import type { AnswerTimes } from "../../fetcher/sqs/client.js";
import { describeError } from "../../fetcher/sqs/describe-error.js";
import { parseQueueReference } from "../../fetcher/sqs/queue-reference.js";
import { openSession } from "../../fetcher/sqs/session.js";
import { type Check, failed, ok, skipped, warning } from "../check.js";
import { readDateHeader } from "../clock-difference.js";
import { type Credentials, readCredentials } from "../credentials.js";
import { divided } from "../explain.js";
import type { Tools } from "../tools.js";
import { span } from "../words.js";

/** A run that takes longer than that is rare. */
const SOON_SECONDS = 3_600;

/** Stands in for the one that is not known: nothing is asked of it. */
const ANY_QUEUE = "queue";

/** Leaves room for the SDK's second and third attempt within the time of a check. */
const ATTEMPTS = 4;

export const regionCheck: Check = {
  id: "region",
  group: "AWS",
  title: "region",
  after: ["config"],
  run: async (tools) => {
    const { facts, env, timeoutMs, onClose } = tools;
    const queue = facts.settings.peek()?.pipeline.queue ?? queueWithoutConfig(tools);
    const session = await openSession({
      queue: queue ?? ANY_QUEUE,
      maxSockets: 8,
      env,
      requestTimeoutMs: Math.ceil(timeoutMs / ATTEMPTS),
      onWarning: (message) => facts.sdkWarnings.add(message),
      onAnswer: (times) => noteClock(tools, times),
    });
    onClose(() => session.client.destroy());
    let region: string;
    try {
      region = await session.region();
    } catch (error) {
      if (queue !== undefined || !(error instanceof Sqs2pgError) || error.code !== "no_region") throw error;
      return skipped(
        "neither AWS_REGION nor a profile names one; a queue of the config could, by its URL or ARN",
      );
    }
    facts.session.set(session);
    const source = sourceOf(session.reference.region, env);
    return ok(`${region}, from ${source}`, { figures: { region, source } });
  },
};

/** Region and credentials are looked at whatever is wrong with the config; undefined where only that says what the queue is. */
function queueWithoutConfig({ flags, env }: Tools): string | undefined {
  const queue = flags.queue ?? env["SQS2PG_QUEUE"] ?? "";
  try {
    parseQueueReference(queue);
    return queue;
  } catch {
    return undefined;
  }
}

function noteClock({ facts }: Tools, times: AnswerTimes): void {
  const reading = readDateHeader(times);
  if (reading !== undefined) facts.sqsClock.set(reading);
}

function sourceOf(ofQueue: string | undefined, env: Tools["env"]): string {
  if (ofQueue !== undefined) return "the queue's URL or ARN";
  if (env["AWS_REGION"]) return "AWS_REGION";
  return env["AWS_PROFILE"] ? `the profile ${env["AWS_PROFILE"]}` : "the AWS config file";
}

export const credentialsCheck: Check = {
  id: "credentials",
  group: "AWS",
  title: "credentials",
  needs: ["region"],
  ifSilent:
    "whoever hands the credentials out (a metadata service, SSO, a credential_process) does not answer",
  run: async ({ facts, env, clock }) => {
    const { client, context } = facts.session.get();
    let credentials: Credentials;
    try {
      credentials = readCredentials(await client.config.credentials(), env);
    } catch (error) {
      throw describeError(error, { ...context(), action: "GetQueueUrl" });
    }
    const { source, account, expiresAt, isRenewed } = credentials;
    const seconds = expiresAt === undefined ? undefined : (expiresAt.getTime() - clock.now()) / 1_000;
    const figures = {
      ...{ source, account: account ?? null, expires_at: expiresAt?.toISOString() ?? null },
      expires_in_s: seconds === undefined ? null : Math.round(seconds),
    };
    if (seconds !== undefined && seconds <= 0) {
      const remedy = "renew them and run the same command again";
      return failed(`from ${source}, expired`, remedy, { code: "credentials_expired", figures });
    }
    const [twice] = facts.sdkWarnings;
    if (twice !== undefined) {
      const { found, remedy = "set one of the two" } = divided(twice);
      return warning(`from ${source}; ${found}`, remedy, { code: "credentials_ambiguous", figures });
    }
    if (seconds === undefined) return ok(`from ${source}`, { figures });
    const found = `from ${source}, valid for ${span(seconds)}`;
    if (isRenewed || seconds > SOON_SECONDS)
      return ok(isRenewed ? `${found}, then renewed` : found, { figures });
    return warning(found, "renew them before a drain that takes longer", {
      code: "credentials_expire",
      figures,
    });
  },
};
