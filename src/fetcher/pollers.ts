import { setMaxListeners } from "node:events";
import { type Backoff, backoffMs } from "../backoff.js";
import { type Clock, sleep } from "../clock.js";
import { isUnavailable } from "../errors.js";
import type { ReceivedMessage } from "../message.js";
import { unlessStopped } from "../unless-stopped.js";
import { createEmptiness } from "./emptiness.js";
import { type Grant, PAGE_SIZE, type Permits } from "./permits.js";
import type { Queue } from "./queue.js";
import { messageBytes } from "./weight.js";

/**
 * After a stop, polls are left their wait, up to this, and the time of an answer: messages that SQS has handed out to
 * a poll that is cut off stay hidden for their visibility timeout.
 */
const LONGEST_WAIT_SECONDS = 2;
const ANSWER_MS = 1_500;

export interface PollerOptions {
  readonly queue: Pick<Queue, "receive" | "attributes">;
  readonly permits: Permits;
  readonly clock: Clock;
  /** Receive calls under way at once, at most. */
  readonly concurrency: number;
  readonly waitSeconds: number;
  readonly visibilitySeconds: number;
  /** A queue that does not answer is given up this long after its first failure. */
  readonly retryForMs: number;
  /** Aborted: no further receives. */
  readonly stop: AbortSignal;
  /** Takes a page in hand. `bytes`: what each of its messages weighs. */
  readonly onPage: (messages: readonly ReceivedMessage[], bytes: readonly number[]) => TakenPage;
  /** A poll brought nothing new: what waits for company waits in vain. */
  readonly onIdle: () => void;
  /** Whether messages in hand are still to be loaded or deleted. */
  readonly isAtWork: () => boolean;
  readonly onRetry: (retry: Backoff) => void;
}

/** A page that is in hand. */
export interface TakenPage {
  /**
   * Whether any of its messages is new to the run: those that come back although the run holds them must not keep it from
   * seeing that the queue is empty.
   */
  readonly isNew: boolean;
  /** What is to be done with it. */
  readonly work: () => void;
}

export interface Pollers {
  /** Pollers at work. */
  active(): number;
  /**
   * Why receiving ended, once the last poller has: the queue is empty, `total` is reached, or `stop` was aborted.
   * Rejects with the `QueueError` that ended it.
   */
  readonly ended: Promise<"empty" | "max" | "stopped">;
}

interface Page {
  readonly messages: readonly ReceivedMessage[];
  readonly bytes: readonly number[];
}

interface Answer extends TakenPage {
  readonly isFull: boolean;
}

const NOTHING: TakenPage = { isNew: false, work: () => {} };

/**
 * Receives with as many pollers as the queue fills: each full page adds one as long as there is room for its
 * messages, each empty one removes one down to the last, which finds out whether the queue is empty. Behind a full page
 * there is more: it is asked for before that page is worked on, so that SQS answers meanwhile. When the work ends the run,
 * each poller brings one page more, which is given back.
 */
export function startPollers(options: PollerOptions): Pollers {
  const { queue, permits, clock, concurrency, stop, onPage, onIdle } = options;
  const emptiness = createEmptiness({ queue, clock, isAtWork: options.isAtWork });
  const failed = new AbortController();
  const halt = AbortSignal.any([stop, failed.signal]);
  const cut = new AbortController();
  const graceMs = Math.min(options.waitSeconds, LONGEST_WAIT_SECONDS) * 1000 + ANSWER_MS;
  // Every poller listens to them, and there may be more pollers than Node takes for a leak.
  setMaxListeners(0, halt, cut.signal);
  let cancelCut: (() => void) | undefined;
  let failure: unknown;
  let active = 0;
  let foundEmpty = false;
  let allEnded: () => void = () => {};

  const ending = (): boolean => halt.aborted || foundEmpty;

  const start = (): void => {
    active += 1;
    void poll();
  };

  const fail = (error: unknown): void => {
    failure ??= error;
    failed.abort();
  };

  const poll = async (): Promise<void> => {
    try {
      let ahead: Promise<Answer | undefined> | undefined;
      while (ahead !== undefined || !ending()) {
        const answer: Answer | undefined = await (ahead ?? ask());
        ahead = undefined;
        if (answer === undefined) return;
        const { isFull, isNew, work } = answer;
        if (isNew) {
          emptiness.reset();
          if (isFull && !ending()) {
            ahead = askAhead();
            if (active < concurrency && permits.hasRoom()) start();
            // It is not written before: signing it and finding a connection take promises, and undici an immediate.
            await clock.turn();
          }
        }
        // Not in the way of what is asked ahead, whose page is still to be worked on.
        try {
          work();
        } catch (error) {
          fail(error);
        }
        if (isNew) continue;
        onIdle();
        if (active > 1) return;
        foundEmpty = await withRetries(() => unlessStopped(emptiness.confirm(), cut.signal), false);
      }
    } catch (error) {
      fail(error);
    } finally {
      // At once, or two pollers that come back empty together would each leave the last word to the other.
      active -= 1;
      if (active === 0) allEnded();
    }
  };

  /** A page is in hand as soon as it is there. Undefined when there is nothing to be received any more. */
  const ask = async (): Promise<Answer | undefined> => {
    const grant = await permits.acquire();
    const page = grant === null ? undefined : await receive(grant);
    if (page === undefined) return undefined;
    const { messages, bytes } = page;
    const taken = messages.length === 0 ? NOTHING : onPage(messages, bytes);
    return { ...taken, isFull: messages.length === PAGE_SIZE };
  };

  /** Its failure is heard of when its turn has come. */
  const askAhead = (): Promise<Answer | undefined> => {
    const asked = ask();
    asked.catch(() => {});
    return asked;
  };

  const receive = async (grant: Grant): Promise<Page | undefined> => {
    let page: Page | undefined;
    try {
      const request = {
        maxMessages: grant.messages,
        waitSeconds: options.waitSeconds,
        visibilitySeconds: options.visibilitySeconds,
      };
      const messages = await withRetries(() => queue.receive(request, cut.signal), undefined);
      if (messages !== undefined) page = { messages, bytes: messages.map(messageBytes) };
      return page;
    } finally {
      permits.settle(grant, {
        messages: page?.messages.length ?? 0,
        bytes: page?.bytes.reduce((sum, bytes) => sum + bytes, 0) ?? 0,
      });
    }
  };

  /** Answers `stopped` when the stop came before an answer did. */
  const withRetries = async <Answer, Stopped>(
    call: () => Promise<Answer>,
    stopped: Stopped,
  ): Promise<Answer | Stopped> => {
    let giveUpAtMs: number | undefined;
    for (let attempt = 0; !ending(); attempt += 1) {
      try {
        return await call();
      } catch (error) {
        if (cut.signal.aborted) return stopped;
        if (!isUnavailable(error)) throw error;
        giveUpAtMs ??= clock.now() + options.retryForMs;
        const delayMs = backoffMs(clock, attempt);
        if (clock.now() + delayMs > giveUpAtMs) throw error;
        options.onRetry({ code: error.code, attempt: attempt + 1, delayMs });
        await sleep(clock, delayMs, halt);
      }
    }
    return stopped;
  };

  const onHalt = (): void => {
    permits.close();
    if (active > 0) cancelCut = clock.after(graceMs, () => cut.abort());
  };
  if (halt.aborted) onHalt();
  else halt.addEventListener("abort", onHalt, { once: true });

  const ended = new Promise<void>((resolve) => {
    allEnded = resolve;
    start();
  }).then(() => {
    cancelCut?.();
    halt.removeEventListener("abort", onHalt);
    if (failed.signal.aborted) throw failure;
    if (stop.aborted) return "stopped";
    return foundEmpty ? "empty" : "max";
  });
  return { active: () => active, ended };
}
