import type { Column, Pipeline } from "../config/pipeline.js";
import type { ColumnUse } from "../loader/key-uses.js";
import type { KeyedColumn } from "../loader/rewrap-table-sql.js";
import { type Keyring, type MaskSpec, maskingKey, STRATEGIES } from "../masking/index.js";
import type { FixedColumn } from "./rewrap-report.js";

const SCHEMES = { "aes-siv": "s1", "aes-gcm": "g1", sealed: "p1" } as const;

type Masked = Column & { readonly mask: MaskSpec };

/** A column whose values can be brought under another key. */
export interface RewrappableColumn extends KeyedColumn {
  readonly column: Masked;
  readonly companionColumn: Masked | undefined;
}

/** Which masked columns can be rewrapped with these keys, and why the others cannot. */
export interface SortedColumns {
  readonly rewrappable: readonly RewrappableColumn[];
  readonly fixed: readonly FixedColumn[];
}

/** `recorded`: the keys that the table's columns have been masked with. Throws UsageError as `maskingKey` does. */
export function sortColumns(
  { columns }: Pick<Pipeline, "columns">,
  keys: Keyring,
  recorded: readonly ColumnUse[],
): SortedColumns {
  const masked = columns.filter((column): column is Masked => column.mask !== undefined);
  const fixed = masked.flatMap((column): FixedColumn[] => {
    const reason = whyFixed(column, masked, keys);
    return reason === undefined ? [] : [{ column: column.name, strategy: column.mask.strategy, reason }];
  });
  const rewrappable = masked
    .filter(({ name }) => fixed.every(({ column }) => column !== name))
    .flatMap((column): RewrappableColumn[] => {
      const { strategy } = column.mask;
      if (strategy !== "aes-siv" && strategy !== "aes-gcm" && strategy !== "sealed") return [];
      const companion = masked.find(({ companionOf }) => companionOf === column.name);
      const { wanted, held } = keyIdsFor(column, keys);
      const hasOldCompanions =
        companion !== undefined && isApart(column, companion) && isFormer(companion, keys, recorded);
      return [
        {
          ...{ column, companionColumn: companion, name: column.name, companion: companion?.name },
          ...{ scheme: SCHEMES[strategy], wantedKeyId: wanted },
          openedKeyIds: held.filter((id) => id !== wanted || hasOldCompanions),
        },
      ];
    });
  return { rewrappable, fixed };
}

/** The id of the key that a column is masked with, and those of the keys that its values can be opened with. */
function keyIdsFor(
  { mask }: Masked,
  keyring: Keyring,
): { readonly wanted: string; readonly held: readonly string[] } {
  const idsOf = (keys: readonly { readonly id: string }[]): string[] => keys.map(({ id }) => id);
  if (mask.strategy !== "sealed") return { wanted: maskingKey(mask, keyring).id, held: idsOf(keyring.keys) };
  return { wanted: mask.keyId ?? keyring.publicKeys[0]?.id ?? "", held: idsOf(keyring.privateKeys) };
}

/**
 * Whether a column and its companion change keys each on its own: then a value that is under the wanted key says nothing
 * of its companion, which has to be compared.
 */
function isApart({ mask }: Masked, companion: Masked): boolean {
  return mask.strategy === "sealed" || mask.keyId !== companion.mask.keyId;
}

/** Whether there may be values under other keys than the one that masks. */
function isFormer({ name, mask }: Masked, keys: Keyring, recorded: readonly ColumnUse[]): boolean {
  const { id } = maskingKey(mask, keys);
  return recorded.some(
    ({ column, strategy, domain, keyId }) =>
      column === name && strategy === mask.strategy && domain === mask.domain && keyId !== id,
  );
}

/** Nothing to say of those that go along with another column, or that have no key. */
function whyFixed(
  { mask, companionOf }: Masked,
  masked: readonly Masked[],
  { privateKeys }: Keyring,
): string | undefined {
  const { strategy, onInvalid } = mask;
  const isClosed = (column: Masked | undefined): boolean =>
    column?.mask.strategy === "sealed" && privateKeys.length === 0;
  if (isClosed(masked.find((column) => column.mask === mask)))
    return "opening what is sealed needs the private key, which is not among the keys";
  if (companionOf !== undefined) {
    return isClosed(masked.find(({ name }) => name === companionOf))
      ? `it is made anew from what is sealed in ${companionOf}, which needs the private key`
      : undefined;
  }
  if (strategy === "hmac-sha256")
    return "there is no way back from a hash: old rows stay under the old key, and do not join with new ones";
  const { key, reversibleBy, namesKey } = STRATEGIES[strategy];
  if (key !== "none" && reversibleBy === "key" && !namesKey)
    return "its values do not say which key they have: keep theirs with key_id";
  return onInvalid === "hmac" && reversibleBy === "nobody"
    ? "there is no way back from the hashes of what is no address: old ones stay under the old key"
    : undefined;
}
