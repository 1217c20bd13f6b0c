import { keyClaims } from "./config/key-claims.js";
import type { Pipeline } from "./config/pipeline.js";
import type { KeysOfRun } from "./loader/store.js";
import { createColumnMask, type Keyring, type MaskSpec, withSealer } from "./masking/index.js";

type ColumnMask = ReturnType<typeof createColumnMask>;

/**
 * Makes the masks of one run; what the mask `sealed` seals with is made here, anew for each run and public key. Throws
 * UsageError as `createMask` and `withSealer` do.
 */
export async function masksForRun(
  pipelines: readonly Pick<Pipeline, "columns">[],
  keys: Keyring,
): Promise<(spec: MaskSpec) => ColumnMask> {
  const keyrings = new Map<string | undefined, Keyring>();
  for (const { mask } of pipelines.flatMap(({ columns }) => columns)) {
    if (mask?.strategy !== "sealed" || keyrings.has(mask.keyId)) continue;
    keyrings.set(mask.keyId, await withSealer(keys, mask.keyId));
  }
  return (spec) => createColumnMask(spec, (spec.strategy === "sealed" && keyrings.get(spec.keyId)) || keys);
}

/** What the database is to know of a run's keys. Throws UsageError as `keyClaims` does. */
export function keysOfRun(
  pipelines: readonly Pick<Pipeline, "table" | "columns">[],
  keys: Keyring,
  rotate: boolean,
): KeysOfRun {
  return { tables: keyClaims(pipelines, keys), heldIds: keys.keys.map(({ id }) => id), rotate };
}

/** The key that a run is recorded with: the first one that masks, else the first one that seals. */
export function keyIdOfRun({ keys, publicKeys }: Keyring): string | null {
  return keys[0]?.id ?? publicKeys[0]?.id ?? null;
}
