import { setImmediate } from "node:timers/promises";
import { FOREIGN_BODY, loginEvents } from "../support/events.js";
import type { SentMessage, TestQueue } from "../support/sqs.js";

export interface Filled {
  readonly logins: number;
  readonly foreign: number;
  /** A few of the logins, to be delivered once more. */
  readonly sample: readonly SentMessage[];
}

interface FillOptions {
  readonly count: number;
  readonly seed: number;
  readonly sampleSize: number;
  readonly signal: AbortSignal;
}

const PAGE = 1_000;

/** Sends generated events in pages, so that a signal is heard in between and memory holds only what is queued. */
export async function fill(
  queue: TestQueue,
  { count, seed, sampleSize, signal }: FillOptions,
): Promise<Filled> {
  const sample: SentMessage[] = [];
  let foreign = 0;
  let page: string[] = [];
  const send = async (): Promise<void> => {
    const logins = queue.send(page).filter(({ body }) => body !== FOREIGN_BODY);
    foreign += page.length - logins.length;
    sample.push(...logins.slice(0, sampleSize - sample.length));
    page = [];
    await setImmediate();
    signal.throwIfAborted();
  };
  for (const body of loginEvents(count, { seed })) {
    page.push(body);
    if (page.length === PAGE) await send();
  }
  await send();
  return { logins: count - foreign, foreign, sample };
}
