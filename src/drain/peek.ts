import { randomUUID } from "node:crypto";
import { type Clock, systemClock } from "../clock.js";
import type { Pipeline } from "../config/pipeline.js";
import type { Settings } from "../config/resolve.js";
import { openQueue } from "../fetcher/sqs/open-queue.js";
import { tableText } from "../loader/identifier.js";
import { masksForRun } from "../masks-for-run.js";
import { openOffload } from "../payloads/offload.js";
import { compileTransform } from "../transform/compile.js";
import { unlessStopped } from "../unless-stopped.js";
import { peekMessages, type ShownTarget } from "./peek-messages.js";
import type { PeekResult } from "./peek-result.js";

/** Long enough to read some pages, short enough that a message which cannot be given back is soon there again. */
const VISIBILITY_SECONDS = 30;
const SOCKETS = 4;
const KILLED = `interrupted: messages that were read may stay hidden for ${VISIBILITY_SECONDS} seconds`;

export interface PeekOptions {
  /** Messages to show; no more are received. */
  readonly max?: number;
  /** Shows bodies instead of rows, and needs no key. */
  readonly raw?: boolean;
  /** Aborted: the peek ends early, with what it has received. */
  readonly stop?: AbortSignal;
  /** Aborted: it ends at once; what could not be given back comes back by itself. */
  readonly kill?: AbortSignal;
  readonly onWarning?: (message: string) => void;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
}

/**
 * Shows the next messages of a queue as the rows that they would become, and gives each one back at once. Throws
 * `UsageError`, `QueueError` and `PayloadError`.
 */
export async function peek(settings: Settings, options: PeekOptions = {}): Promise<PeekResult> {
  const { pipelines, keys } = settings;
  const { max = 10, raw = false, env = process.env, clock = systemClock, onWarning } = options;
  const never = new AbortController().signal;
  const { stop = never, kill = never } = options;
  const offload = raw ? undefined : await openOffload(pipelines[0], env);
  const opening = openQueue({
    queue: pipelines[0].queue,
    maxSockets: SOCKETS,
    env,
    ...(onWarning === undefined ? {} : { onWarning }),
  });
  try {
    const queue = await unlessStopped(opening, stop);
    const peeking = peekMessages({
      queue,
      transform: raw
        ? undefined
        : compileTransform({
            pipelines,
            maskFor: await masksForRun(pipelines, keys),
            queueName: queue.name,
            runId: randomUUID(),
          }),
      offload,
      targets: [targetOf(pipelines[0]), ...pipelines.slice(1).map(targetOf)],
      max,
      visibilitySeconds: VISIBILITY_SECONDS,
      clock,
      signal: stop,
      kill,
    });
    return await unlessStopped(peeking, kill, KILLED);
  } finally {
    offload?.close();
    // Not waited for: after a signal it may be a long time opening.
    void opening.then(
      (queue) => queue.close(),
      () => {},
    );
  }
}

function targetOf({ table, columns, constants }: Pipeline): ShownTarget {
  return {
    table: tableText(table),
    columns: [...columns, ...constants].map(({ name }) => name),
    constants: constants.map(({ text }) => text),
  };
}
