import type { Tally } from "../drain/tally.js";
import type { RenewedReject, SealedReject } from "../loader/quarantine.js";
import type { LoadRow } from "../loader/store.js";
import { MaskError } from "../masking/index.js";
import type { Message } from "../message.js";
import type { Warning } from "../row.js";
import type { Transform } from "../transform/types.js";

/** A page of sealed rejects after they were opened and transformed. */
export interface OpenedPage {
  readonly rows: readonly LoadRow[];
  /** Of the rows, by message id. */
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
  const rows: LoadRow[] = [];
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
      rows.push({ messageId, values: outcome.row.values });
      if (outcome.row.warnings !== undefined) warnings.set(messageId, outcome.row.warnings);
    }
  }
  return { rows, rejects, warnings };
}
