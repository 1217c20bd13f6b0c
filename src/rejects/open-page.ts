import pLimit from "p-limit";
import { cutOnFailure, cutWith } from "../abort-signals.js";
import type { Tally } from "../drain/tally.js";
import { InterruptedError } from "../errors.js";
import { messageBytes } from "../fetcher/weight.js";
import type { RenewedReject, SealedReject } from "../loader/quarantine.js";
import { ageOf, type LoadMessage } from "../loader/store.js";
import { MaskError } from "../masking/index.js";
import type { Message } from "../message.js";
import { PARALLEL_FETCHES } from "../payloads/offload.js";
import type { Payload, Reserve } from "../payloads/payloads.js";
import { type Warning, warningsOf } from "../row.js";
import type { Outcome, Transform } from "../transform/types.js";
import { createPartRoom, type PartRoom } from "./part-room.js";

/** As many sealed rejects of a page as may be in memory at once, after they were opened and transformed. */
export interface OpenedPart {
  readonly messages: readonly LoadMessage[];
  /** Of their rows, by message id. */
  readonly warnings: ReadonlyMap<string, readonly Warning[]>;
  /** What cannot become a row this time either, with the reason of this time. */
  readonly rejects: readonly RenewedReject[];
  /** What there was no room for: fewer than were given. */
  readonly left: readonly SealedReject[];
}

/** How a payload is fetched that is not in its message. */
export interface PayloadFetch {
  readonly reserve: Reserve;
  /** Aborted: nobody waits for it any more. */
  readonly cut: AbortSignal;
}

export interface OpenPageOptions {
  readonly runId: string;
  readonly open: (sealed: Buffer, id: string) => Message;
  readonly transform: Transform;
  /**
   * Given: fetches the payload of a message that does not hold it; undefined at once where it does, and later where there
   * is no room for it.
   */
  readonly payloadOf?:
    | ((message: Message, fetch: PayloadFetch) => Promise<Payload | undefined> | undefined)
    | undefined;
  readonly tally: Tally;
  /** Why one cannot be opened: it names keys by their ids, and holds nothing of the message. */
  readonly onUnopened: (reason: string) => void;
  /** Aborted: payloads on their way are given up. */
  readonly kill: AbortSignal;
}

/**
 * Opens sealed rejects and runs them through the pipeline, as many as there is room for: what a body becomes when it is
 * decoded may be a thousand times as large. What cannot be opened is counted, and stays as it is. Throws `PayloadError`
 * when payloads cannot be fetched: then none of the others has an outcome.
 */
export async function openPart(page: readonly SealedReject[], options: OpenPageOptions): Promise<OpenedPart> {
  const { runId, payloadOf } = options;
  // One after the other, unless there is something to wait for.
  const limit = pLimit(payloadOf === undefined ? 1 : PARALLEL_FETCHES);
  const cut = cutWith(options.kill);
  const room = createPartRoom();
  try {
    const opening = page.map((sealed) =>
      limit(() => cutOnFailure(openIn(room, sealed, cut.signal, options), cut)),
    );
    return gather(runId, page, await Promise.all(opening));
  } finally {
    limit.clearQueue();
    cut.end();
  }
}

interface Opened {
  readonly message: Message;
  readonly outcome: Outcome;
}

type Opening = Opened | "left" | "unopened";

async function openIn(
  room: PartRoom,
  sealed: SealedReject,
  cut: AbortSignal,
  options: OpenPageOptions,
): Promise<Opening> {
  // Nothing is counted any more once another one has failed.
  if (cut.aborted) throw new InterruptedError();
  if (!room.hasRoom()) return "left";
  const message = openOne(sealed, options);
  if (message === undefined) return "unopened";
  const place = room.place();
  const outcome = await outcomeOf(message, { reserve: place.reserve, cut }, options);
  if (outcome === undefined) return "left";
  place.take("reject" in outcome ? 0 : messageBytes(message) + (outcome.bytes ?? 0));
  return { message, outcome };
}

/** A payload is let go of as soon as it is transformed. Undefined: there is no room for it. */
async function outcomeOf(
  message: Message,
  fetch: PayloadFetch,
  { payloadOf, transform }: OpenPageOptions,
): Promise<Outcome | undefined> {
  const fetching = payloadOf?.(message, fetch);
  if (fetching === undefined) return transform(message);
  const payload = await fetching;
  if (payload === undefined || "reject" in payload) return payload;
  return transform(message, payload.text);
}

function gather(runId: string, page: readonly SealedReject[], opening: readonly Opening[]): OpenedPart {
  const messages: LoadMessage[] = [];
  const rejects: RenewedReject[] = [];
  const left: SealedReject[] = [];
  const warnings = new Map<string, readonly Warning[]>();
  for (const [index, sealed] of page.entries()) {
    const { messageId } = sealed;
    const opened = opening[index];
    if (opened === "left") left.push(sealed);
    if (typeof opened !== "object") continue;
    const { message, outcome } = opened;
    if ("reject" in outcome) rejects.push({ ...outcome.reject, messageId, runId });
    else {
      messages.push({ messageId, receiveCount: message.receiveCount, ...ageOf(message), rows: outcome.rows });
      const noted = warningsOf(outcome.rows);
      if (noted.length > 0) warnings.set(messageId, noted);
    }
  }
  return { messages, rejects, warnings, left };
}

function openOne(
  { messageId, sealed }: SealedReject,
  { open, tally, onUnopened }: OpenPageOptions,
): Message | undefined {
  try {
    return open(sealed, messageId);
  } catch (error) {
    if (!(error instanceof MaskError)) throw error;
    const { code, message: reason } = error;
    tally.rejected += 1;
    onUnopened(reason);
    tally.noteReject({ stage: "parse", code, field: null, reason }, messageId, 1);
    return undefined;
  }
}
