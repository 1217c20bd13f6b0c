import { createRewrapVault, type RewrappedToken } from "../loader/rewrap-vault.js";
import {
  createBlindIndexes,
  createVaultOpener,
  createVaultSealer,
  type Keyring,
  MaskError,
  type MaskSpec,
  maskingKey,
} from "../masking/index.js";
import { createRewrapTally, type RewrapTally } from "./rewrap-tally.js";
import { attempting, type RewrapWork, updating } from "./rewrap-work.js";

/**
 * Brings the vault's entries of one domain under the key that is wanted; their tokens stay. Safe beside drains, which look
 * values up under all keys that they hold. Throws `DatabaseError`.
 */
export async function rewrapTokens(work: RewrapWork, spec: MaskSpec, keys: Keyring): Promise<RewrapTally> {
  const { domain } = spec;
  const key = maskingKey(spec, keys);
  const place = `${work.schema}.tokens`;
  const vault = createRewrapVault(work.connection, work.schema, domain, key.id);
  const open = createVaultOpener(domain, keys);
  const indexOf = createBlindIndexes(domain, [key]);
  const seal = createVaultSealer(key, domain);
  const tally = createRewrapTally();

  const rewrapPage = async (keyId: string, afterToken: string): Promise<string | undefined> => {
    const page = await attempting(work, place, () => vault.page(keyId, afterToken, work.batchSize));
    const entries: RewrappedToken[] = [];
    for (const stored of page) {
      try {
        const value = open(stored);
        const [blindIndex = Buffer.alloc(0)] = indexOf(value);
        const sealedValue = seal(stored.token, Buffer.from(value, "utf8"));
        entries.push({ token: stored.token, keyId, blindIndex, sealedValue });
      } catch (error) {
        if (!(error instanceof MaskError)) throw error;
        tally.leave(error.code, keyId);
      }
    }
    if (work.dryRun) tally.add(entries.length);
    else {
      tally.add(await updating(work, place, entries, vault.update, (_, code) => tally.leave(code, keyId)));
    }
    return page.at(-1)?.token;
  };

  const counts = await attempting(work, place, vault.counts);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let gone = 0;
  for (const [keyId, count] of counts) {
    if (!keys.keys.some(({ id }) => id === keyId)) {
      tally.leave("key_not_held", keyId, count);
      continue;
    }
    for (let after: string | undefined = ""; after !== undefined && !work.isStopped(); ) {
      after = await rewrapPage(keyId, after);
      gone += work.batchSize;
      work.onProgress(Math.min(1, gone / total), tally.result().rewrapped);
    }
  }
  if (!work.dryRun && !work.isStopped()) await leaveTheRest(work, place, vault.counts, tally);
  return tally;
}

/** Entries that are under their old key still, though they could be opened: their value has another one by now. */
async function leaveTheRest(
  work: RewrapWork,
  place: string,
  counts: () => Promise<ReadonlyMap<string, number>>,
  tally: RewrapTally,
): Promise<void> {
  for (const [keyId, count] of await attempting(work, place, counts)) {
    const known = tally
      .result()
      .left.filter(({ key_id: id }) => id === keyId)
      .reduce((sum, left) => sum + left.count, 0);
    if (count > known) tally.leave("value_has_another_token", keyId, count - known);
  }
}
