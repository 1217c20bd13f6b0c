import type { Connection } from "../loader/connection.js";
import { createRewrapVault, type RewrappedToken } from "../loader/rewrap-vault.js";
import {
  createBlindIndexes,
  createVaultOpener,
  createVaultSealer,
  type Keyring,
  MaskError,
  type MaskSpec,
  maskingKey,
  type StoredToken,
} from "../masking/index.js";
import { type Pages, type Replaced, rewrapPages } from "./rewrap-pages.js";
import type { RewrapPlace } from "./rewrap-passes.js";
import type { RewrapTally } from "./rewrap-tally.js";
import { type RewrapWork, reading } from "./rewrap-work.js";

export interface TokensPlaceOptions {
  readonly connection: Connection;
  /** Of the bookkeeping. */
  readonly schema: string;
  /** Of a column with tokens. */
  readonly mask: MaskSpec;
  readonly keys: Keyring;
  readonly tally: RewrapTally;
}

/**
 * The vault's entries of one domain: they come under the key that is wanted, and their tokens stay. Safe beside drains,
 * which look values up under all keys that they hold.
 */
export function createTokensPlace(work: RewrapWork, options: TokensPlaceOptions): RewrapPlace {
  const { mask, keys, tally } = options;
  const { domain } = mask;
  const key = maskingKey(mask, keys);
  const vault = createRewrapVault(options.connection, options.schema, domain, key.id);
  const open = createVaultOpener(domain, keys);
  const indexOf = createBlindIndexes(domain, [key]);
  const seal = createVaultSealer(key, domain);

  const pagesOf = (keyId: string): Pages<StoredToken, RewrappedToken> => ({
    page: (after) => vault.page(keyId, after?.token ?? "", work.batchSize),
    renew: async (stored) => {
      try {
        const value = open(stored);
        const [blindIndex = Buffer.alloc(0)] = indexOf(value);
        const sealedValue = seal(stored.token, Buffer.from(value, "utf8"));
        return {
          written: { token: stored.token, keyId, blindIndex, sealedValue },
          cells: [{ tally, keyId }],
        };
      } catch (error) {
        if (!(error instanceof MaskError)) throw error;
        tally.leave(error.code, keyId);
        return undefined;
      }
    },
    replace: async (entries): Promise<Replaced> => {
      const { done, taken } = await vault.replace(entries);
      return { done, refused: new Map([...taken].map((index) => [index, "value_has_another_token"])) };
    },
  });

  return {
    tallies: [tally],
    pass: async () => {
      for (const [keyId, count] of await reading(work, vault.counts)) {
        if (keys.keys.some(({ id }) => id === keyId)) await rewrapPages(work, pagesOf(keyId));
        else tally.leave("key_not_held", keyId, count);
      }
    },
  };
}
