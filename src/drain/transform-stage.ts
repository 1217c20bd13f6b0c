import type { Backoff } from "../backoff.js";
import type { Clock } from "../clock.js";
import { fetchPayload } from "../payloads/fetch-payload.js";
import type { Offload } from "../payloads/offload.js";
import type { Transform } from "../transform/types.js";
import type { Hand, Held } from "./hand.js";
import { createIntake } from "./intake.js";
import { RETRY_FOR_MS } from "./limits.js";
import type { PayloadBudget } from "./payload-budget.js";
import type { Sink } from "./sink.js";
import type { Stopper } from "./stopper.js";

/** After a stop, payloads on their way are waited for so long; then their messages are given back. */
const FETCH_GRACE_MS = 5_000;

export interface TransformStageOptions {
  readonly transform: Transform;
  /** Given: some payloads are not in their messages. */
  readonly offload: Pick<Offload, "pointerOf" | "fetch"> | undefined;
  readonly fifo: boolean;
  readonly hand: Pick<Hand, "enlarge" | "forgetPayload" | "reserve">;
  readonly budget: PayloadBudget;
  readonly sink: Pick<Sink, "rows" | "reject">;
  readonly stopper: Pick<Stopper, "endedBy" | "fail" | "signal" | "stopShort">;
  readonly kill: AbortSignal;
  readonly clock: Clock;
  readonly giveBackLater: (id: string) => void;
  readonly onRetry: (retry: Backoff) => void;
}

/** Takes messages from the page to the sink: at once, unless a payload has to be waited for. */
export interface TransformStage {
  add(held: Held): void;
  /** Resolves when everything that was added has gone on or is to be given back. */
  finish(): Promise<void>;
}

export function createTransformStage(options: TransformStageOptions): TransformStage {
  const { transform, offload, hand, budget, sink, stopper, kill, clock } = options;

  const take = (held: Held, payloadBytes = 0): void => {
    const outcome = transform(held.message, held.payload);
    if ("reject" in outcome) {
      sink.reject(held, outcome.reject);
      return;
    }
    if (outcome.bytes !== undefined) hand.enlarge(held, payloadBytes + outcome.bytes);
    sink.rows(held, outcome.rows);
  };

  const cut = new AbortController();
  const ended = AbortSignal.any([kill, cut.signal]);
  let cancelCut: (() => void) | undefined;
  const onStop = (): void => {
    budget.close();
    cancelCut = clock.after(FETCH_GRACE_MS, () => cut.abort());
  };
  if (stopper.signal.aborted) onStop();
  else stopper.signal.addEventListener("abort", onStop, { once: true });

  const intake = createIntake({
    budget,
    fifo: options.fifo,
    pointerOf: ({ message }) => offload?.pointerOf(message),
    fetch: async (held, pointer) => {
      if (offload === undefined) return undefined;
      const payload = await fetchPayload(pointer, {
        payloads: offload,
        clock,
        retryForMs: RETRY_FOR_MS,
        reserve: (bytes) => hand.reserve(held, bytes, ended),
        stop: stopper.signal,
        kill: ended,
        onRetry: options.onRetry,
      });
      if (payload === undefined || "reject" in payload) hand.forgetPayload(held);
      else hand.enlarge(held, payload.bytes);
      return payload;
    },
    isStopping: () => stopper.signal.aborted,
    take: (held, payload) => {
      held.payload = payload?.text;
      take(held, payload?.bytes);
    },
    reject: sink.reject,
    giveBackLater: (id) => {
      // Receiving may have come to its end before: the run has not.
      if (stopper.signal.aborted) stopper.stopShort(stopper.endedBy() ?? "signal");
      options.giveBackLater(id);
    },
    onError: stopper.fail,
  });
  return {
    add: intake.add,
    finish: async () => {
      await intake.onIdle();
      stopper.signal.removeEventListener("abort", onStop);
      cancelCut?.();
    },
  };
}
