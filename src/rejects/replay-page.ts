import type { Retried } from "../drain/events.js";
import { createStamps } from "../drain/stamps.js";
import type { Streak } from "../drain/streak.js";
import { loadBatch } from "../loader/load-batch.js";
import type { Quarantine, RenewedReject, SealedReject } from "../loader/quarantine.js";
import { type RetryOptions, retrying } from "../loader/retry.js";
import { type OpenedPage, type OpenPageOptions, openPage } from "./open-page.js";

export interface PageReplayerOptions extends OpenPageOptions {
  readonly quarantine: Pick<Quarantine, "load" | "renew">;
  /** Nothing is loaded and nothing is changed. */
  readonly dryRun: boolean;
  readonly patience: (what: Retried) => RetryOptions;
  /** Rows that the database refuses: with too many of them nothing more is loaded. */
  readonly refused: Streak;
}

/**
 * Takes pages from their seals to their outcomes, which it counts: loads what fits, and says anew of the rest why not.
 * Throws `DatabaseError` when loading cannot go on, and `PayloadError` when payloads cannot be fetched; what has no outcome by then is in the tally as released, or in doubt.
 */
export function createPageReplayer(
  options: PageReplayerOptions,
): (page: readonly SealedReject[]) => Promise<void> {
  const { runId, quarantine, tally, refused: streak, patience } = options;
  const nextStamp = createStamps(patience("load").clock);

  const countRejects = (rejects: readonly RenewedReject[]): void => {
    tally.rejected += rejects.length;
    for (const reject of rejects) tally.noteReject(reject, reject.messageId, 1);
  };

  const openAll = async (page: readonly SealedReject[]): Promise<OpenedPage> => {
    const rejectedBefore = tally.rejected;
    try {
      return await openPage(page, options);
    } catch (error) {
      tally.released += page.length - (tally.rejected - rejectedBefore);
      throw error;
    }
  };

  return async (page) => {
    tally.received += page.length;
    const { messages, rejects, warnings } = await openAll(page);
    countRejects(rejects);
    if (options.dryRun) {
      tally.released += messages.length;
      for (const noted of warnings.values()) tally.noteWarnings(noted);
      return;
    }
    const batch = { runId, stamp: nextStamp(), messages };
    const result = await loadBatch(batch, {
      ...patience("load"),
      store: quarantine,
      onLoaded: streak.end,
      onRefused: () => streak.add(),
      isHopeless: streak.isTooLong,
    });
    tally.batches += result.statements;
    tally.loaded += result.loaded;
    tally.duplicates += result.duplicates;
    tally.rows += result.rows;
    tally.superseded += result.superseded;
    tally.released += result.unloaded.length;
    for (const id of result.done) tally.noteWarnings(warnings.get(id) ?? []);
    const refused = result.rejects.map(({ messageId, reject }) => ({ ...reject, messageId, runId }));
    countRejects(refused);
    if (result.error !== null) throw result.error;
    await retrying(() => quarantine.renew([...rejects, ...refused]), patience("rejects"));
  };
}
