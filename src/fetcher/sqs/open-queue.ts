import type { Queue } from "../queue.js";
import type { DirectOptions } from "./open-direct.js";
import { openSession } from "./session.js";
import { createSqsQueue } from "./sqs-queue.js";

export interface OpenQueueOptions extends DirectOptions {
  /** The frequent calls go past the SDK's middleware: worth its start where there are many of them. */
  readonly direct?: boolean;
}

/**
 * Finds the queue and opens it. A URL is used as it is and costs no request; a name is looked up in the region that
 * the SDK is set to, an ARN in its own region and account (GetQueueUrl). The region in an AWS URL or an ARN wins over
 * AWS_REGION. Requests go to the configured endpoint (AWS_ENDPOINT_URL_SQS and the like), else to the URL's host, else
 * to the region's. Throws `UsageError` and `QueueError`.
 */
export async function openQueue(options: OpenQueueOptions): Promise<Queue> {
  const session = await openSession(options);
  try {
    await session.region();
    const url = await session.url();
    const queue = createSqsQueue({ ...session, url, name: session.reference.name });
    if (options.direct !== true) return queue;
    // Imported here: only a drain needs it.
    const { openDirect } = await import("./open-direct.js");
    return openDirect(queue, session, options);
  } catch (error) {
    session.client.destroy();
    throw error;
  }
}
