import type { Tally } from "../drain/tally.js";
import type { RenewedReject, SealedReject } from "../loader/quarantine.js";
import type { LoadMessage } from "../loader/store.js";
import { MaskError } from "../masking/index.js";
import type { Message } from "../message.js";
import { type Warning, warningsOf } from "../row.js";
import type { Transform } from "../transform/types.js";

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
  readonly tally: Tally;
  /** Why one cannot be opened: it names keys by their ids, and holds nothing of the message. */
  readonly onUnopened: (reason: string) => void;
}

/** Opens sealed rejects and runs them through the pipeline. What cannot be opened is counted, and stays as it is. */
export function openPage(page: readonly SealedReject[], options: OpenPageOptions): OpenedPage {
  const { runId, open, transform, tally, onUnopened } = options;
  const messages: LoadMessage[] = [];
  const rejects: RenewedReject[] = [];
  const warnings = new Map<string, readonly Warning[]>();
  for (const { messageId, sealed } of page) {
    let message: Message;
    try {
      message = open(sealed, messageId);
    } catch (error) {
      if (!(error instanceof MaskError)) throw error;
      const { code, message: reason } = error;
      tally.rejected += 1;
      onUnopened(reason);
      tally.noteReject({ stage: "parse", code, field: null, reason }, messageId, 1);
      continue;
    }
    const outcome = transform(message);
    if ("reject" in outcome) rejects.push({ ...outcome.reject, messageId, runId });
    else {
      messages.push({ messageId, sentAtMs: message.sentAtMs, rows: outcome.rows });
      const noted = warningsOf(outcome.rows);
      if (noted.length > 0) warnings.set(messageId, noted);
    }
  }
  return { messages, rejects, warnings };
}
