import type { VaultedToken } from "../loader/vault.js";
import {
  createUnmask,
  createVaultOpener,
  isToken,
  type Keyring,
  type MaskSpec,
  STRATEGIES,
  type Unmask,
} from "../masking/index.js";
import {
  FORGOTTEN,
  failureOf,
  NOT_A_TOKEN,
  OTHER_DOMAIN,
  type Unmasked,
  type UnmaskFailure,
  type UnmaskPage,
  VAULT_NEEDED,
} from "./unmask-outcome.js";

/** Finds tokens in the vault; what is not there is absent. Rejects when the vault cannot be read. */
export type LookUpTokens = (tokens: readonly string[]) => Promise<ReadonlyMap<string, VaultedToken>>;

/** What unmasking needs beside the masks. */
export interface UnmaskMeans {
  readonly keys: Keyring;
  /** Undefined: there is no database. */
  readonly lookUp: LookUpTokens | undefined;
}

/** Unmasks the values of one field. Throws UsageError `mask_irreversible`. */
export function createUnmaskPage(spec: MaskSpec, { keys, lookUp }: UnmaskMeans): UnmaskPage {
  if (spec.strategy === "token") return createTokenPage(spec, keys, lookUp);
  const missing = missingKey(spec, keys);
  if (missing !== undefined) return async (masked) => masked.map(() => ({ failure: missing }));
  const unmask = createUnmask(spec, keys);
  return async (masked) => {
    const outcomes: Unmasked[] = [];
    for (const value of masked) outcomes.push(await unmaskOne(unmask, value));
    return outcomes;
  };
}

/** Most masks answer at once: then nobody waits. */
async function unmaskOne(unmask: Unmask, masked: string): Promise<Unmasked> {
  try {
    const value = unmask(masked);
    return { value: typeof value === "string" ? value : await value };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

/** The key by which a mask reads that does not say so in its values; the others say it value by value. */
export function readingKey({ strategy, keyId }: MaskSpec, { keys }: Keyring): string | undefined {
  const { key, namesKey, reversibleBy } = STRATEGIES[strategy];
  if (key !== "mask-key" || namesKey || reversibleBy !== "key") return undefined;
  return keyId ?? keys[0]?.id;
}

function missingKey(spec: MaskSpec, keys: Keyring): UnmaskFailure | undefined {
  const { key, namesKey } = STRATEGIES[spec.strategy];
  if (key !== "mask-key" || namesKey) return undefined;
  const id = readingKey(spec, keys);
  if (id !== undefined && keys.keys.some((held) => held.id === id)) return undefined;
  const which =
    id === undefined ? "a masking key, and none is given" : `the key ${id}, which is not among the keys`;
  return { code: "key_not_held", message: `it was masked with ${which}` };
}

function createTokenPage({ domain }: MaskSpec, keys: Keyring, lookUp: LookUpTokens | undefined): UnmaskPage {
  const open = createVaultOpener(domain, keys);
  const outcomeOf = (token: string, found: ReadonlyMap<string, VaultedToken>): Unmasked => {
    if (!isToken(token)) return { failure: NOT_A_TOKEN };
    if (lookUp === undefined) return { failure: VAULT_NEEDED };
    const stored = found.get(token);
    if (stored === undefined) return { failure: FORGOTTEN };
    if (stored.domain !== domain) return { failure: OTHER_DOMAIN };
    try {
      return { value: open(stored) };
    } catch (error) {
      return { failure: failureOf(error) };
    }
  };
  return async (masked) => {
    const tokens = [...new Set(masked.filter(isToken))];
    const found =
      lookUp === undefined || tokens.length === 0 ? new Map<string, VaultedToken>() : await lookUp(tokens);
    return masked.map((token) => outcomeOf(token, found));
  };
}
