import { agentsFor } from "../../aws/agent.js";
import { describeNetworkError } from "../../aws/network-error.js";
import { requirePackage } from "../../require-package.js";
import { type Check, type Finding, ok, skipped, warning } from "../check.js";
import { divided } from "../explain.js";
import type { Tools } from "../tools.js";

type StsSdk = typeof import("@aws-sdk/client-sts");

/** Loads the SDK's client for STS, which is installed by whoever wants it; undefined where it is not. */
export type LoadSts = () => Promise<StsSdk | undefined>;

export const loadSts: LoadSts = async () => {
  try {
    return requirePackage("@aws-sdk/client-sts");
  } catch {
    return undefined;
  }
};

const AWS_HOST = /(?:^|\.)amazonaws\.com(?:\.cn)?(?::\d+)?$/;

/** Whether requests to this host go to AWS itself, rather than to an emulator. */
export function isAwsHost(host: string | undefined): boolean {
  return host !== undefined && AWS_HOST.test(host);
}

/** Who the credentials are, which needs no permission. What cannot be found out stands in no drain's way. */
export function identityCheck(load: LoadSts = loadSts): Check {
  return {
    id: "identity",
    group: "AWS",
    title: "identity",
    needs: ["credentials"],
    after: ["queue"],
    run: async (tools) => {
      if (!isStsKnown(tools)) {
        return skipped("SQS is at an endpoint of its own, and no AWS_ENDPOINT_URL_STS says where STS is");
      }
      const sdk = await load();
      if (sdk === undefined) {
        return skipped("who the credentials are is asked of STS: npm install @aws-sdk/client-sts");
      }
      return ask(sdk, tools);
    },
  };
}

/** Credentials for an emulator are no business of AWS's. */
function isStsKnown({ facts, env }: Tools): boolean {
  if (env["AWS_ENDPOINT_URL_STS"] || env["AWS_ENDPOINT_URL"]) return true;
  const host = facts.queue.peek()?.host() ?? facts.session.get().context().host;
  return isAwsHost(host) || (host === undefined && !env["AWS_ENDPOINT_URL_SQS"]);
}

async function ask(sdk: StsSdk, { facts, signal, timeoutMs, onClose }: Tools): Promise<Finding> {
  const session = facts.session.get();
  const requestTimeout = Math.ceil(timeoutMs / 3);
  const nothing = (): void => {};
  const logger = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
  const client = new sdk.STSClient({
    region: session.client.config.region,
    credentials: session.client.config.credentials,
    maxAttempts: 2,
    logger,
    requestHandler: {
      ...(await agentsFor({ keepAlive: true, maxSockets: 1 })),
      connectionTimeout: requestTimeout,
      requestTimeout,
      throwOnRequestTimeout: true,
      logger,
    },
  });
  onClose(() => client.destroy());
  try {
    const { Arn: arn, Account: account } = await client.send(new sdk.GetCallerIdentityCommand({}), {
      abortSignal: signal,
    });
    if (arn === undefined) return unknown("STS gave an answer that names nobody");
    const figures = { arn, account: account ?? null };
    const { account: owner } = session.context();
    if (owner === undefined || account === undefined || owner === account) return ok(arn, { figures });
    return ok(`${arn}; the queue is of account ${owner}, so its policy has to allow this one, too`, {
      figures,
    });
  } catch (error) {
    return unknown(reasonOf(error));
  }
}

/** Of what STS says only its code: one word. */
function reasonOf(error: unknown): string {
  const context = { queue: "", service: "STS", action: "GetCallerIdentity" };
  const network = describeNetworkError(error)?.message(context);
  if (network !== undefined) return divided(network).found;
  const code = error instanceof Error && /^[A-Z]\w{2,79}$/.test(error.name) ? ` (${error.name})` : "";
  return `STS did not say${code}`;
}

function unknown(why: string): Finding {
  return warning(
    `not known: ${why}`,
    "a drain does not need it; where STS cannot be reached, nothing is to be done",
    { code: "identity_unknown" },
  );
}
