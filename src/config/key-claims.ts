import { UsageError } from "../errors.js";
import { type Keyring, type MaskName, type MaskSpec, maskingKey, STRATEGIES } from "../masking/index.js";
import type { Column, Pipeline } from "./pipeline.js";

/** Which key a column is masked with. */
export interface KeyClaim {
  readonly column: string;
  readonly strategy: MaskName;
  readonly domain: string;
  readonly keyId: string;
}

/**
 * The keys that a pipeline masks with, column by column. Throws UsageError `key_missing` and `key_not_held` when one is
 * not there, and `key_conflict` when two columns that join would have different ones.
 */
export function keyClaims({ columns }: Pick<Pipeline, "columns">, keys: Keyring): KeyClaim[] {
  const claims: KeyClaim[] = [];
  for (const column of columns) {
    const keyId = keyIdOf(column, keys);
    if (keyId === undefined || column.mask === undefined) continue;
    const { strategy, domain } = column.mask;
    const other = claims.find((claim) => claim.strategy === strategy && claim.domain === domain);
    if (other !== undefined && other.keyId !== keyId) {
      throw new UsageError(
        "key_conflict",
        `columns ${other.column} and ${column.name} have the mask ${strategy} and the domain ${domain} in common, but not the key: give one of them a domain of its own`,
      );
    }
    claims.push({ column: column.name, strategy, domain, keyId });
  }
  return claims;
}

function keyIdOf({ mask }: Column, keys: Keyring): string | undefined {
  if (mask === undefined) return undefined;
  if (STRATEGIES[mask.strategy].key === "public-key") return sealingKeyId(mask, keys);
  return usesMaskKey(mask) ? maskingKey(mask, keys).id : undefined;
}

/** Without a public key nothing is sealed either: whoever masks says so. */
function sealingKeyId({ keyId }: MaskSpec, { publicKeys }: Keyring): string | undefined {
  return keyId ?? publicKeys[0]?.id;
}

/** Whether a mask uses a key of any kind. */
export function isKeyed(mask: MaskSpec): boolean {
  return usesMaskKey(mask) || STRATEGIES[mask.strategy].key !== "none";
}

/** Whether a mask needs a masking key: because of its strategy, or for values that it cannot mask. */
export function usesMaskKey({ strategy, onInvalid }: MaskSpec): boolean {
  return STRATEGIES[strategy].key === "mask-key" || onInvalid === "hmac";
}
