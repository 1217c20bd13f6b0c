import { setImmediate } from "node:timers/promises";
import { requirePackage } from "../../require-package.js";

/** The AWS SDK's SQS client, loaded when it is first needed: `--help` does not wait for it. */
export type Sdk = typeof import("@aws-sdk/client-sqs");

/**
 * Loads the AWS SDK. It writes to stderr that future versions of it will need a newer Node; that is the packager's
 * business, not the user's, so its own switch turns it off unless somebody has set it.
 */
export async function loadSdk(): Promise<Sdk> {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  // It takes long and holds the thread: whoever connects to a database meanwhile is to be on the way.
  await setImmediate();
  return requirePackage("@aws-sdk/client-sqs");
}
