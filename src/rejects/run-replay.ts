import type { Backoff } from "../backoff.js";
import { type Clock, within } from "../clock.js";
import type { OnDrainEvent, Retried } from "../drain/events.js";
import { BATCH_BYTES, RETRY_FOR_MS } from "../drain/limits.js";
import { createNarrator } from "../drain/narrator.js";
import { recordRun } from "../drain/record-run.js";
import { createStopper } from "../drain/stopper.js";
import { createStreak, tooManyRefused } from "../drain/streak.js";
import { createTally } from "../drain/tally.js";
import { InterruptedError } from "../errors.js";
import type { Quarantine } from "../loader/quarantine.js";
import { type RetryOptions, retrying } from "../loader/retry.js";
import type { Message } from "../message.js";
import { type FetchOptions, fetchPayload } from "../payloads/fetch-payload.js";
import type { Offload } from "../payloads/offload.js";
import type { Payload } from "../payloads/payloads.js";
import type { S3Pointer } from "../transform/body/pointer.js";
import { unlessStopped } from "../unless-stopped.js";
import { buildReplayReport } from "./build-replay-report.js";
import type { OpenPageOptions } from "./open-page.js";
import { createPageReplayer } from "./replay-page.js";
import type { ReplayReport } from "./replay-report.js";

/** How many are still sealed is not worth a longer wait, in milliseconds. */
const COUNT_FOR_MS = 5_000;

/** Rejects at once where their payloads come from outside: each may be as large as a whole page of others. */
const PAGE_WITH_PAYLOADS = 16;

export interface RunReplayOptions extends Omit<OpenPageOptions, "tally" | "onUnopened" | "payloadOf"> {
  /** Given: some payloads are not in their messages. */
  readonly offload?: Pick<Offload, "pointerOf" | "fetch"> | undefined;
  /** The queue's name: whose rejects. */
  readonly queueName: string;
  /** The target's name, for the report. */
  readonly table: string;
  readonly quarantine: Quarantine;
  /** Only rejects with this code. */
  readonly code: string | undefined;
  /** Rejects to read at most. */
  readonly max: number;
  /** Rejects at once, and rows in one statement. */
  readonly batchSize: number;
  /** So many rows in a row that the database refuses end the replay. */
  readonly rejectsInARow: number;
  readonly dryRun: boolean;
  readonly clock: Clock;
  /** Aborted: what was read is finished, and nothing more is read. */
  readonly stop: AbortSignal;
  /** Aborted: ends at once; what has no outcome yet is in doubt. */
  readonly kill: AbortSignal;
  readonly onEvent?: OnDrainEvent | undefined;
}

/** Page by page through the sealed rejects. It does not throw: what goes wrong is in the report. */
export async function runReplay(options: RunReplayOptions): Promise<ReplayReport> {
  const { runId, queueName, quarantine, dryRun, clock, max, kill, offload } = options;
  const batchSize =
    offload === undefined ? options.batchSize : Math.min(options.batchSize, PAGE_WITH_PAYLOADS);
  // The caller's signals may outlive many replays, so nothing of this one stays behind on them.
  const over = new AbortController();
  const stop = AbortSignal.any([options.stop, kill]);
  const startedAtMs = clock.now();
  const filter = { queue: queueName, code: options.code };
  const tally = createTally();
  const stopper = createStopper((error) => narrator.tell({ type: "failed", error }));
  const narrator = createNarrator(options.onEvent, clock, () => {
    const { received, loaded, duplicates, rejected, released } = tally;
    return { received, loaded, duplicates, rejected, released, deleted: 0, pollers: 0 };
  });
  const patience = (what: Retried, signal = kill): RetryOptions => ({
    clock,
    retryForMs: stopper.hasFailed() ? 0 : RETRY_FOR_MS,
    signal,
    onRetry: ({ code, attempt, delayMs }: Backoff) => {
      tally.retries += 1;
      narrator.tell({ type: "retry", what, code, attempt, delay_ms: delayMs });
    },
  });
  const told = new Set<string>();
  const onUnopened = (reason: string): void => {
    if (told.has(reason)) return;
    told.add(reason);
    narrator.tell({ type: "notice", message: `a reject cannot be opened: ${reason}` });
  };
  const refused = createStreak({
    tooMany: options.rejectsInARow,
    areLeft: false,
    onTooMany: () => narrator.tell({ type: "notice", message: tooManyRefused(options.rejectsInARow) }),
  });
  const payloadOf =
    offload === undefined
      ? undefined
      : (message: Message): Promise<Payload> | undefined => {
          const pointer = offload.pointerOf(message);
          if (pointer === undefined) return undefined;
          return fetchOrStop(pointer, { ...patience("fetch"), payloads: offload, stop, kill });
        };
  const replayPage = createPageReplayer({ ...options, tally, refused, onUnopened, patience, payloadOf });
  /** Reading changes nothing: a stop does not wait for it. */
  const read = async <T>(action: () => Promise<T>): Promise<T> => {
    if (stop.aborted) throw new InterruptedError();
    return unlessStopped(retrying(action, patience("read", stop)), stop);
  };

  const allPages = async (): Promise<"done" | "max" | "rejects"> => {
    for (let afterId: string | undefined; tally.received < max; ) {
      if (refused.isTooLong()) return "rejects";
      const maxRejects = Math.min(max - tally.received, batchSize);
      const page = await read(() =>
        quarantine.page({ ...filter, afterId, maxRejects, maxBytes: BATCH_BYTES }),
      );
      if (page.length === 0) return "done";
      await replayPage(page);
      afterId = page.at(-1)?.messageId;
      narrator.progress();
    }
    return refused.isTooLong() ? "rejects" : "max";
  };

  const report = (because: ReplayReport["stopped_because"], sealedAfter: number | null): ReplayReport =>
    buildReplayReport({
      runId,
      queueName,
      table: options.table,
      dryRun,
      startedAtMs,
      finishedAtMs: clock.now(),
      tally,
      stopper,
      because,
      sealedAfter,
    });

  const work = async (): Promise<ReplayReport> => {
    let because: ReplayReport["stopped_because"] = "signal";
    try {
      const total = await read(() => quarantine.count(filter));
      narrator.tell({
        type: "started",
        run_id: runId,
        queue: queueName,
        table: options.table,
        backlog: { visible: total, in_flight: 0, delayed: 0 },
        max: Number.isFinite(max) ? max : undefined,
        dry_run: dryRun,
      });
      because = await allPages();
    } catch (error) {
      if (!(error instanceof InterruptedError)) stopper.fail(error);
    }
    const counted = quarantine.count({ queue: queueName, code: undefined }).catch(() => null);
    const left = (await within(clock, COUNT_FOR_MS, counted)) ?? null;
    if (!dryRun) {
      await recordRun(quarantine, report(because, left), { ...patience("record"), stop }).catch(stopper.fail);
    }
    return report(because, left);
  };

  const whileRunning = { once: true, signal: over.signal };
  const tellStopping = (): void => narrator.tell({ type: "stopping", because: "signal" });
  stop.addEventListener("abort", tellStopping, whileRunning);
  const killed = new Promise<ReplayReport>((resolve) => {
    const onKill = (): void => resolve(report("signal", null));
    if (kill.aborted) onKill();
    else kill.addEventListener("abort", onKill, whileRunning);
  });
  try {
    return await Promise.race([work(), killed]);
  } finally {
    over.abort();
  }
}

async function fetchOrStop(pointer: S3Pointer, options: FetchOptions): Promise<Payload> {
  const payload = await fetchPayload(pointer, options);
  if (payload === undefined) throw new InterruptedError();
  return payload;
}
