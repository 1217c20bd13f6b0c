import type { Retried } from "../drain/events.js";
import { createStamps } from "../drain/stamps.js";
import type { Streak } from "../drain/streak.js";
import { loadBatch } from "../loader/load-batch.js";
import type { Quarantine, RenewedReject, SealedReject } from "../loader/quarantine.js";
import { type RetryOptions, retrying } from "../loader/retry.js";
import { type OpenedPart, type OpenPageOptions, openPart } from "./open-page.js";

export interface PageReplayerOptions extends OpenPageOptions {
  readonly quarantine: Pick<Quarantine, "load" | "renew">;
  /** Nothing is loaded and nothing is changed. */
  readonly dryRun: boolean;
  readonly patience: (what: Retried) => RetryOptions;
  /** Rows that the database refuses: with too many of them nothing more is loaded. */
  readonly refused: Streak;
  /** Aborted: what is in memory is finished, and no more of the page is opened. */
  readonly stop: AbortSignal;
}

/**
 * Takes pages from their seals to their outcomes, which it counts: loads what fits, and says anew of the rest why not.
 * It does so in parts that fit into memory. Throws `DatabaseError` when loading cannot go on, and `PayloadError` when
 * payloads cannot be fetched; what has no outcome by then, or after a stop, is in the tally as released, or in doubt.
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

  const load = async ({ messages, rejects, warnings }: OpenedPart): Promise<void> => {
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

  /** Those that are neither loaded nor rejected are left as they are. */
  const openSome = async (rest: readonly SealedReject[]): Promise<OpenedPart> => {
    const rejectedBefore = tally.rejected;
    try {
      return await openPart(rest, options);
    } catch (error) {
      tally.released += rest.length - (tally.rejected - rejectedBefore);
      throw error;
    }
  };

  return async (page) => {
    tally.received += page.length;
    for (let rest = page; rest.length > 0; ) {
      const part = await openSome(rest);
      rest = part.left;
      try {
        await load(part);
      } catch (error) {
        tally.released += rest.length;
        throw error;
      }
      if (options.stop.aborted || streak.isTooLong()) {
        tally.released += rest.length;
        return;
      }
    }
  };
}
