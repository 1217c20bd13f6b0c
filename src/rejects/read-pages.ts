import { BATCH_BYTES, RETRY_FOR_MS } from "../drain/limits.js";
import { InterruptedError } from "../errors.js";
import type { SealedReject } from "../loader/quarantine.js";
import { retrying } from "../loader/retry.js";
import type { Message } from "../message.js";
import { fetchPayload } from "../payloads/fetch-payload.js";
import type { Payload } from "../payloads/payloads.js";
import { unlessStopped } from "../unless-stopped.js";
import type { OpenPageOptions, PayloadFetch } from "./open-page.js";
import { createPageReplayer } from "./replay-page.js";
import type { ReplayState } from "./replay-state.js";

/** Rejects at once where their payloads come from outside: each may be as large as a whole page of others. */
const PAGE_WITH_PAYLOADS = 16;

/** Reads pages to their end, one after the other. Throws as the page replayer does, and `InterruptedError` after a stop. */
export async function readPages(state: ReplayState): Promise<"done" | "max" | "rejects"> {
  const { tally, refused, options } = state;
  const replayPage = createPageReplayer({
    ...{ ...options, tally, refused, patience: state.patience },
    ...{ onUnopened: tellOnce(state), payloadOf: payloadsOf(state) },
  });
  for (let afterId: string | undefined; tally.received < options.max; ) {
    if (refused.isTooLong()) return "rejects";
    const page = await nextPage(state, afterId);
    if (page.length === 0) return "done";
    await replayPage(page);
    afterId = page.at(-1)?.messageId;
    state.narrator.progress();
  }
  return refused.isTooLong() ? "rejects" : "max";
}

/** Reading changes nothing: a stop does not wait for it. */
export async function readPatiently<T>(
  { options: { stop }, patience }: ReplayState,
  action: () => Promise<T>,
): Promise<T> {
  if (stop.aborted) throw new InterruptedError();
  return unlessStopped(retrying(action, patience("read", stop)), stop);
}

function nextPage(state: ReplayState, afterId: string | undefined): Promise<SealedReject[]> {
  const { quarantine, queueName: queue, code, offload, batchSize, max } = state.options;
  const most = offload === undefined ? batchSize : Math.min(batchSize, PAGE_WITH_PAYLOADS);
  const maxRejects = Math.min(max - state.tally.received, most);
  return readPatiently(state, () =>
    quarantine.page({ queue, code, afterId, maxRejects, maxBytes: BATCH_BYTES }),
  );
}

/** Why rejects cannot be opened is mostly the same for all of them. */
function tellOnce({ narrator }: ReplayState): (reason: string) => void {
  const told = new Set<string>();
  return (reason) => {
    if (told.has(reason)) return;
    told.add(reason);
    narrator.tell({ type: "notice", message: `a reject cannot be opened: ${reason}` });
  };
}

function payloadsOf({ options, patience }: ReplayState): OpenPageOptions["payloadOf"] {
  const { offload, clock, stop } = options;
  if (offload === undefined) return undefined;
  return (message: Message, { reserve, cut }: PayloadFetch): Promise<Payload | undefined> | undefined => {
    const pointer = offload.pointerOf(message);
    if (pointer === undefined) return undefined;
    return unlessInterrupted(
      fetchPayload(pointer, {
        ...{ payloads: offload, clock, reserve, stop, kill: cut },
        ...{ retryForMs: RETRY_FOR_MS, onRetry: patience("fetch").onRetry },
      }),
      [stop, cut],
    );
  };
}

/** Undefined: there is no room for it now. */
async function unlessInterrupted(
  fetching: Promise<Payload | undefined>,
  signals: readonly AbortSignal[],
): Promise<Payload | undefined> {
  const payload = await fetching;
  if (payload === undefined && signals.some(({ aborted }) => aborted)) throw new InterruptedError();
  return payload;
}
