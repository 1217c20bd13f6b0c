import { createRewrapRejects, type ResealedReject } from "../loader/rewrap-rejects.js";
import { type Keyring, MaskError, openText, sealText } from "../masking/index.js";
import { createRewrapTally, type RewrapTally } from "./rewrap-tally.js";
import { attempting, type RewrapWork, updating } from "./rewrap-work.js";

/** Seals the quarantined rejects of a queue anew with the first key. Throws `DatabaseError`. */
export async function rewrapSeals(work: RewrapWork, queue: string, keys: Keyring): Promise<RewrapTally> {
  const tally = createRewrapTally();
  const [key] = keys.keys;
  if (key === undefined) return tally;
  const place = `${work.schema}.rejects`;
  const rejects = createRewrapRejects(work.connection, work.schema, queue, key.id);
  for (let after: string | undefined; !work.isStopped(); ) {
    const page = await attempting(work, place, () => rejects.page(after));
    if (page.length === 0) break;
    const renewed: ResealedReject[] = [];
    for (const reject of page) {
      try {
        const text = openText(keys.keys, reject.sealed, reject.messageId);
        renewed.push({ ...reject, resealed: sealText(key, text, reject.messageId) });
      } catch (error) {
        if (!(error instanceof MaskError)) throw error;
        const code = error.code === "sealed_wrong_key" ? "key_not_held" : error.code;
        tally.leave(code, reject.sealed.toString("hex", 1, 5));
      }
    }
    const update = work.dryRun
      ? async (batch: readonly ResealedReject[]): Promise<number> => batch.length
      : rejects.update;
    tally.add(await updating(work, place, renewed, update, (_, code) => tally.leave(code, "")));
    after = page.at(-1)?.messageId;
  }
  return tally;
}
