import { isKeyed } from "../config/key-claims.js";
import type { Column } from "../config/pipeline.js";
import type { Evidence } from "../loader/audit-evidence.js";
import type { ColumnUse } from "../loader/key-uses.js";
import { type Keyring, type MaskSpec, STRATEGIES } from "../masking/index.js";
import type { AuditedKey } from "./audit-report.js";

/**
 * The keys of a column's values, the current one first: those that the stored values name, and those that the database has
 * noted. Where there are none of either, the key that would be used.
 */
export function auditedKeys(
  { name, mask }: Column,
  keyring: Keyring,
  evidence: Evidence | undefined,
): AuditedKey[] {
  if (mask === undefined || !isKeyed(mask)) return [];
  const isHeld = (id: string): boolean => openers(mask, keyring).some((key) => key.id === id);
  const counted = STRATEGIES[mask.strategy].namesKey ? evidence?.columns.get(name)?.keys : undefined;
  const uses = evidence?.uses.filter((use) => use.column === name && use.strategy === mask.strategy) ?? [];
  const ids = new Set([...uses.map(({ keyId }) => keyId), ...(counted?.keys() ?? [])]);
  const keys = [...ids]
    .map((id) => {
      const values = counted === undefined ? null : (counted.get(id) ?? 0);
      return auditedKey(id, isHeld(id), values, uses);
    })
    // Whatever was under it has been rewrapped.
    .filter(({ is_current: isCurrent, values }) => isCurrent || values !== 0)
    .sort((one, other) => rank(other) - rank(one));
  const next = nextKeyId(mask, keyring);
  if (keys.length > 0 || next === undefined) return keys;
  return [{ ...auditedKey(next, isHeld(next), counted === undefined ? null : 0, []), is_current: true }];
}

function auditedKey(
  id: string,
  held: boolean,
  values: number | null,
  uses: readonly ColumnUse[],
): AuditedKey {
  const same = uses.filter(({ keyId }) => keyId === id);
  const [use] = same;
  return {
    key_id: id,
    held,
    is_current: same.some(({ isCurrent }) => isCurrent),
    values,
    first_used_at: use?.firstUsedAt.toISOString() ?? null,
    last_used_at: use?.lastUsedAt.toISOString() ?? null,
  };
}

function rank({ is_current: isCurrent, values }: AuditedKey): number {
  return isCurrent ? Number.POSITIVE_INFINITY : (values ?? 0);
}

/** What reads values back, or tries candidates. */
function openers({ strategy }: MaskSpec, { keys, privateKeys }: Keyring): readonly { readonly id: string }[] {
  return STRATEGIES[strategy].key === "public-key" ? privateKeys : keys;
}

function nextKeyId({ strategy, keyId }: MaskSpec, { keys, publicKeys }: Keyring): string | undefined {
  const [first] = STRATEGIES[strategy].key === "public-key" ? publicKeys : keys;
  return keyId ?? first?.id;
}
