import { BATCH_BYTES } from "../drain/limits.js";
import type { Connection } from "../loader/connection.js";
import type { SealedReject } from "../loader/quarantine.js";
import { createRewrapRejects, type ResealedReject } from "../loader/rewrap-rejects.js";
import { MaskError, type MaskKey, openText, sealText } from "../masking/index.js";
import { type Pages, rewrapPages } from "./rewrap-pages.js";
import type { RewrapPlace } from "./rewrap-passes.js";
import type { RewrapTally } from "./rewrap-tally.js";
import { type RewrapWork, reading } from "./rewrap-work.js";

export interface SealsPlaceOptions {
  readonly connection: Connection;
  /** Of the bookkeeping. */
  readonly schema: string;
  /** The queue's name. */
  readonly queue: string;
  /** The first one seals. */
  readonly keys: readonly [MaskKey, ...MaskKey[]];
  readonly tally: RewrapTally;
}

/** The quarantined rejects of a queue: they are sealed anew with the first key. */
export function createSealsPlace(work: RewrapWork, options: SealsPlaceOptions): RewrapPlace {
  const { keys, tally } = options;
  const [key, ...others] = keys;
  const rejects = createRewrapRejects(options.connection, options.schema, options.queue, key.id);
  const heldIds = others.map(({ id }) => id);
  const size = { maxRows: work.batchSize, maxBytes: BATCH_BYTES };

  const pages: Pages<SealedReject, ResealedReject> = {
    page: (after) => rejects.page(heldIds, after?.messageId, size),
    renew: async (reject) => {
      const keyId = reject.sealed.toString("hex", 1, 5);
      try {
        const text = openText(keys, reject.sealed, reject.messageId);
        const resealed = sealText(key, text, reject.messageId);
        return { written: { ...reject, resealed }, cells: [{ tally, keyId }] };
      } catch (error) {
        if (!(error instanceof MaskError)) throw error;
        tally.leave(error.code, keyId);
        return undefined;
      }
    },
    replace: async (resealed) => ({ done: await rejects.replace(resealed) }),
  };

  return {
    tallies: [tally],
    pass: async () => {
      const counts = await reading(work, rejects.counts);
      for (const [keyId, count] of counts) {
        if (!heldIds.includes(keyId)) tally.leave("key_not_held", keyId, count);
      }
      if (heldIds.some((id) => counts.has(id))) await rewrapPages(work, pages);
    },
  };
}
