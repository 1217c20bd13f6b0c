import { UsageError } from "../errors.js";
import { type Keyring, type MaskName, type MaskSpec, maskingKey, STRATEGIES } from "../masking/index.js";
import type { Column, Pipeline, TableName } from "./pipeline.js";

/** Which key a column is masked with. */
export interface KeyClaim {
  readonly column: string;
  readonly strategy: MaskName;
  readonly domain: string;
  readonly keyId: string;
}

/** The keys that a table is masked with. */
export interface TableClaims {
  readonly table: TableName;
  readonly claims: readonly KeyClaim[];
}

/**
 * The keys that pipelines mask with, column by column. Throws UsageError `key_missing` and `key_not_held` when one is not
 * there, and `key_conflict` when two columns that join would have different ones.
 */
export function keyClaims(
  pipelines: readonly Pick<Pipeline, "table" | "columns">[],
  keys: Keyring,
): TableClaims[] {
  const known: KeyClaim[] = [];
  return pipelines.map(({ table, columns }) => {
    const claims = columns.flatMap((column) => claimOf(column, keys) ?? []);
    for (const claim of claims) {
      throwIfConflicting(claim, known);
      known.push(claim);
    }
    return { table, claims };
  });
}

function claimOf(column: Column, keys: Keyring): KeyClaim | undefined {
  const keyId = keyIdOf(column, keys);
  if (keyId === undefined || column.mask === undefined) return undefined;
  const { strategy, domain } = column.mask;
  return { column: column.name, strategy, domain, keyId };
}

function throwIfConflicting({ column, strategy, domain, keyId }: KeyClaim, known: readonly KeyClaim[]): void {
  const other = known.find((claim) => claim.strategy === strategy && claim.domain === domain);
  if (other === undefined || other.keyId === keyId) return;
  throw new UsageError(
    "key_conflict",
    `columns ${other.column} and ${column} have the mask ${strategy} and the domain ${domain} in common, but not the key: give one of them a domain of its own`,
  );
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
