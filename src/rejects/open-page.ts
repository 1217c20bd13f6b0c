import pLimit from "p-limit";
import type { Tally } from "../drain/tally.js";
import type { RenewedReject, SealedReject } from "../loader/quarantine.js";
import { ageOf, type LoadMessage } from "../loader/store.js";
import { MaskError } from "../masking/index.js";
import type { Message } from "../message.js";
import { PARALLEL_FETCHES } from "../payloads/offload.js";
import type { Payload } from "../payloads/payloads.js";
import { type Warning, warningsOf } from "../row.js";
import type { Outcome, Transform } from "../transform/types.js";

/** A page of sealed rejects after they were opened and transformed. */
export interface OpenedPage {
  readonly messages: readonly LoadMessage[];
  /** Of their rows, by message id. */
  readonly warnings: ReadonlyMap<string, readonly Warning[]>;
  /** What cannot become a row this time either, with the reason of this time. */
  readonly rejects: readonly RenewedReject[];
}

export interface OpenPageOptions {
  readonly runId: string;
  readonly open: (sealed: Buffer, id: string) => Message;
  readonly transform: Transform;
  /** Given: fetches the payload of a message that does not hold it; undefined where it does. */
  readonly payloadOf?: ((message: Message) => Promise<Payload> | undefined) | undefined;
  readonly tally: Tally;
  /** Why one cannot be opened: it names keys by their ids, and holds nothing of the message. */
  readonly onUnopened: (reason: string) => void;
}

/**
 * Opens sealed rejects and runs them through the pipeline. What cannot be opened is counted, and stays as it is. Throws
 * `PayloadError` when payloads cannot be fetched: then none of the others has an outcome.
 */
export async function openPage(page: readonly SealedReject[], options: OpenPageOptions): Promise<OpenedPage> {
  const { runId, payloadOf } = options;
  const messages: LoadMessage[] = [];
  const rejects: RenewedReject[] = [];
  const warnings = new Map<string, readonly Warning[]>();
  const opened = page.flatMap((sealed) => openOne(sealed, options) ?? []);
  const outcomes = payloadOf === undefined ? [] : await outcomesOf(opened, payloadOf, options.transform);
  for (const [index, { messageId, message }] of opened.entries()) {
    const outcome = outcomes[index] ?? options.transform(message);
    if ("reject" in outcome) rejects.push({ ...outcome.reject, messageId, runId });
    else {
      messages.push({ messageId, ...ageOf(message), rows: outcome.rows });
      const noted = warningsOf(outcome.rows);
      if (noted.length > 0) warnings.set(messageId, noted);
    }
  }
  return { messages, rejects, warnings };
}

interface Opened {
  readonly messageId: string;
  readonly message: Message;
}

function openOne(
  { messageId, sealed }: SealedReject,
  { open, tally, onUnopened }: OpenPageOptions,
): Opened | undefined {
  try {
    return { messageId, message: open(sealed, messageId) };
  } catch (error) {
    if (!(error instanceof MaskError)) throw error;
    const { code, message: reason } = error;
    tally.rejected += 1;
    onUnopened(reason);
    tally.noteReject({ stage: "parse", code, field: null, reason }, messageId, 1);
    return undefined;
  }
}

/** Some payloads are fetched at once, and each is let go of as soon as it is transformed. */
function outcomesOf(
  opened: readonly Opened[],
  payloadOf: NonNullable<OpenPageOptions["payloadOf"]>,
  transform: Transform,
): Promise<Outcome[]> {
  const limit = pLimit(PARALLEL_FETCHES);
  const one = async ({ message }: Opened): Promise<Outcome> => {
    const payload = await payloadOf(message);
    if (payload === undefined) return transform(message);
    return "reject" in payload ? payload : transform(message, payload.text);
  };
  return Promise.all(opened.map((message) => limit(one, message)));
}
